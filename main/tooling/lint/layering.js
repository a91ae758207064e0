// The layering rule of ARCHITECTURE.md as a lint error: which top-level parts a part may import,
// and where Node and Electron may appear. A part that is not in the table may not be imported.
import { dirname, relative, resolve, sep } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');

/** part -> what it may import besides itself. */
const mayImport = {
  'main/contracts': [],
  'main/platform': ['main/contracts'],
  'main/rpc': ['main/contracts', 'main/platform'],
  'main/midi': ['main/contracts', 'main/platform'],
  'main/audio': ['main/contracts', 'main/platform'],
  'main/analysis': ['main/contracts', 'main/platform', 'main/audio'],
  'main/mix': ['main/contracts', 'main/platform', 'main/audio', 'main/analysis'],
  'main/inference': [
    'main/contracts',
    'main/platform',
    'main/rpc',
    'main/midi',
    'main/audio',
    'main/analysis',
    'main/mix',
  ],
  'main/engine': ['main/contracts', 'main/platform', 'main/rpc', 'main/midi', 'main/audio', 'main/mix'],
  'main/desk': [
    'main/contracts',
    'main/platform',
    'main/rpc',
    'main/midi',
    'main/audio',
    'main/inference',
    'main/engine',
    'plugin-bridge/server',
    'plugin-bridge/daws',
  ],
  'main/web': ['main/contracts', 'main/platform', 'main/rpc', 'main/desk'],
  'main/report': ['main/contracts', 'main/platform', 'main/audio', 'main/midi'],
  'main/demo': ['main/contracts', 'main/platform', 'main/audio', 'main/midi'],
  'main/cli': [
    'main/contracts',
    'main/platform',
    'main/rpc',
    'main/midi',
    'main/audio',
    'main/inference',
    'main/engine',
    'main/desk',
    'main/web',
    'main/report',
    'main/demo',
    'plugin-bridge/server',
    'plugin-bridge/daws',
  ],
  // The shell puts the programs together, as the command line does.
  'main/app': [
    'main/contracts',
    'main/platform',
    'main/rpc',
    'main/engine',
    'main/desk',
    'main/web',
    'main/cli',
    'plugin-bridge/server',
  ],
  'plugin-bridge/protocol': ['main/contracts', 'main/audio'],
  'plugin-bridge/daws': ['main/contracts'],
  'plugin-bridge/server': [
    'main/contracts',
    'main/platform',
    'main/rpc',
    'main/midi',
    'main/audio',
    'main/engine',
    'plugin-bridge/protocol',
  ],
  // Of audio, midi and rpc only what runs anywhere: the build of the window refuses whatever needs Node.
  renderer: ['main/contracts', 'main/rpc', 'main/midi', 'main/audio'],
};
/** Parts that must run anywhere: no Node built-ins. */
const anywhere = new Set(['main/contracts', 'renderer']);
/** Only the shell may know Electron. */
const electronOnly = 'main/app';

function partOf(path) {
  const pieces = relative(root, path).split(sep);
  if (pieces[0] === 'main' || pieces[0] === 'plugin-bridge') return pieces.slice(0, 2).join('/');
  return pieces[0];
}

const isTest = (path) => /\.(test|slow|bench)\.tsx?$/.test(path) || partOf(path) === 'test';

const layering = {
  meta: { type: 'problem' },
  create(context) {
    const file = context.filename;
    const part = partOf(file);
    const allowed = mayImport[part];

    function check(node) {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string' || isTest(file)) return;
      if (specifier.startsWith('.')) {
        const target = partOf(resolve(dirname(file), specifier));
        if (allowed !== undefined && target !== part && !allowed.includes(target)) {
          context.report({
            node,
            message: `${part} must not import ${target}; it may import ${allowed.join(', ') || 'nothing of ours'}.`,
          });
        }
      } else if (anywhere.has(part) && specifier.startsWith('node:')) {
        context.report({ node, message: `${part} runs anywhere and must not import ${specifier}.` });
      } else if (specifier === 'electron' && part !== electronOnly) {
        context.report({ node, message: `Only ${electronOnly} may import electron.` });
      }
    }

    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

export default { meta: { name: 'sonidesk' }, rules: { layering } };
