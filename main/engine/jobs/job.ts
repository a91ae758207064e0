import type { OperationInput, OperationName, OperationOutput } from '../../contracts/operations.ts';
import type { PackManifest } from '../../contracts/pack.ts';

/** A file of the user's: known by its content, not by its name. */
export class SourceFile {
  constructor(readonly path: string) {}
}

/** A part of another job's result. */
export class Reference<T> {
  /**
   * @param name says which part, in the key of the job that uses it
   * @param pick takes the part from the output; `directory` is where the result's files lie
   */
  constructor(
    readonly job: AnyJob,
    readonly name: string,
    readonly pick: (output: unknown, directory: string) => T,
  ) {}
}

/** An operation's input in which any part may still be the result of another job, and paths may be files. */
export type Linked<T> =
  | T
  | Reference<T>
  | (T extends string
      ? SourceFile
      : T extends readonly (infer Item)[]
        ? readonly Linked<Item>[]
        : T extends object
          ? { readonly [Member in keyof T]: Linked<T[Member]> }
          : never);

/** One node of the graph: an operation on files and on results of other nodes. */
export interface Job<Name extends OperationName = OperationName> {
  readonly operation: Name;
  /** What the user reads while it runs: "Separating song.wav". */
  readonly label: string;
  readonly input: Linked<OperationInput<Name>>;
  /** The model it needs; a new version of the pack makes a new result. */
  readonly pack: PackManifest | null;
  /** Higher goes first among jobs that are ready. */
  readonly priority: number;
}

/** A job of any operation; the operation's own types come back through `Reference` and `resultOf`. */
export interface AnyJob {
  readonly operation: OperationName;
  readonly label: string;
  readonly input: unknown;
  readonly pack: PackManifest | null;
  readonly priority: number;
}

export function job<Name extends OperationName>(
  operation: Name,
  label: string,
  input: Linked<OperationInput<Name>>,
  options: { readonly pack?: PackManifest; readonly priority?: number } = {},
): Job<Name> {
  return { operation, label, input, pack: options.pack ?? null, priority: options.priority ?? 0 };
}

/** A file of a result, as a path for the next job. */
export function fileOf<Name extends OperationName>(
  from: Job<Name>,
  name: string,
  pick: (output: OperationOutput<Name>) => string,
): Reference<string> {
  return new Reference(
    from,
    name,
    (output, directory) => `${directory}/${pick(output as OperationOutput<Name>)}`,
  );
}

/** The `audio` file of a result. */
export function audioOf(from: Job<'decode' | 'resample' | 'render-mix'>): Reference<string> {
  return fileOf(from, 'audio', (output) => output.audio);
}

/** A whole output as a value. */
export function outputOf<Name extends OperationName>(from: Job<Name>): Reference<OperationOutput<Name>> {
  return new Reference(from, 'output', (output) => output as OperationOutput<Name>);
}

export type Link = SourceFile | Reference<unknown>;
export const isLink = (value: unknown): value is Link =>
  value instanceof SourceFile || value instanceof Reference;

/** The input with every link replaced. */
export function mapLinks(input: unknown, replace: (link: Link) => unknown): unknown {
  if (isLink(input)) return replace(input);
  if (Array.isArray(input)) return input.map((item) => mapLinks(item, replace));
  if (typeof input === 'object' && input !== null) {
    return Object.fromEntries(
      Object.entries(input).map(([name, member]) => [name, mapLinks(member, replace)]),
    );
  }
  return input;
}

/** The links of an input, in order of appearance. */
export function linksOf(input: unknown): Link[] {
  const links: Link[] = [];
  mapLinks(input, (link) => {
    links.push(link);
    return null;
  });
  return links;
}

/** The jobs whose results a job needs, each once. */
export function dependenciesOf(dependent: AnyJob): AnyJob[] {
  const jobs = linksOf(dependent.input).flatMap((link) => (link instanceof Reference ? [link.job] : []));
  return [...new Set(jobs)];
}

/** All jobs that the targets rest on, the targets included, dependencies before dependents. */
export function inOrder(targets: readonly AnyJob[]): AnyJob[] {
  const ordered = new Set<AnyJob>();
  const visit = (visited: AnyJob): void => {
    if (ordered.has(visited)) return;
    for (const dependency of dependenciesOf(visited)) visit(dependency);
    ordered.add(visited);
  };
  for (const target of targets) visit(target);
  return [...ordered];
}
