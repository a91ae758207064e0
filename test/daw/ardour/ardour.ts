import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../support/sandbox.ts';
import { sampleRate } from '../support/material.ts';

const script = fileURLToPath(new URL('agent.lua', import.meta.url));

/** Speeds of Ardour's dummy audio engine. */
export type Speed = 'Normal Speed' | '5x Speed' | '20x Speed';

/** The commands of agent.lua. */
export type Command =
  | 'create'
  | 'open'
  | 'save'
  | 'audioTrack'
  | 'midiTrack'
  | 'insert'
  | 'set'
  | 'get'
  | 'automate'
  | 'recordFrom'
  | 'locate'
  | 'roll'
  | 'record'
  | 'setMixer'
  | 'getMixer';

/** An Ardour without a window that does what it is told; agent.lua is the other half. */
export class Ardour {
  #count = 0;
  readonly #waiting = new Map<string, { done: (value: string) => void; failed: (reason: Error) => void }>();
  readonly #said: string[] = [];

  private constructor(
    private readonly process: ChildProcess,
    readonly blockFrames: number,
  ) {
    createInterface({ input: process.stdout! }).on('line', (line) => this.#hear(line));
    createInterface({ input: process.stderr! }).on('line', (line) => this.#said.push(line));
    process.on('exit', (code, signal) => {
      const reason = new Error(`Ardour ended with ${code ?? signal}:\n${this.#said.slice(-20).join('\n')}`);
      for (const { failed } of this.#waiting.values()) failed(reason);
      this.#waiting.clear();
    });
  }

  static start(sandbox: Sandbox, speed: Speed, blockFrames = 1024): Ardour {
    return new Ardour(
      spawn('ardour7-lua', [script, speed, String(sampleRate), String(blockFrames)], {
        env: sandbox.environment,
        stdio: ['pipe', 'pipe', 'pipe'],
      }),
      blockFrames,
    );
  }

  #hear(line: string): void {
    const [, number, result, value] = /^@(\d+)\t(ok|failed)\t(.*)$/.exec(line) ?? [];
    const waiting = this.#waiting.get(number ?? '');
    if (waiting === undefined) {
      this.#said.push(line);
      return;
    }
    this.#waiting.delete(number!);
    if (result === 'ok') waiting.done(value!);
    else waiting.failed(new Error(`Ardour: ${value}\n${this.#said.slice(-20).join('\n')}`));
  }

  /** Answers when the command has taken effect. */
  tell(command: Command, ...parameters: readonly (string | number)[]): Promise<string> {
    const number = String(++this.#count);
    return new Promise((done, failed) => {
      this.#waiting.set(number, { done, failed });
      this.process.stdin!.write(`${[number, command, ...parameters].join('\t')}\n`);
    });
  }

  /** Closes the session and the program; the plugin says goodbye. */
  async end(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.stdin!.end();
    await ended;
  }
}
