import { brotliDecompressSync } from 'node:zlib';
import { SoniError } from '../../contracts/errors.ts';
import { webAssembly } from '../webAssembly.ts';
import { symphoniaModule } from './symphoniaModule.ts';

/** What symphonia/src/lib.rs exports. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  input(bytes: number): number;
  open(codec: number, sampleRate: number): number;
  decode(): number;
  output(): number;
  channels(): number;
  sample_rate(): number;
}

const codecs = { aac: 0, alac: 1 } as const;
export type SymphoniaCodec = keyof typeof codecs;

let compiled: Promise<object> | undefined;
const compile = () =>
  (compiled ??= webAssembly.compile(brotliDecompressSync(Buffer.from(symphoniaModule, 'base64'))));

/** AAC-LC and Apple Lossless packets to samples, by Symphonia in WebAssembly. */
export class SymphoniaDecoder {
  readonly #exports: Exports;
  #trapped = false;

  private constructor(exports: Exports) {
    this.#exports = exports;
  }

  /**
   * @param configuration AudioSpecificConfig (ISO 14496-3, 1.6) or ALAC magic cookie
   * @throws SoniError `unsupported`
   */
  static async open(
    codec: SymphoniaCodec,
    configuration: Uint8Array,
    sampleRate: number,
  ): Promise<SymphoniaDecoder> {
    const { exports } = await webAssembly.instantiate(await compile());
    const decoder = new SymphoniaDecoder(exports as Exports);
    decoder.#put(configuration);
    if (decoder.#exports.open(codecs[codec], sampleRate) !== 0) {
      throw new SoniError('unsupported', `This kind of ${codec.toUpperCase()} cannot be decoded.`);
    }
    return decoder;
  }

  #put(bytes: Uint8Array): void {
    const at = this.#exports.input(bytes.length);
    new Uint8Array(this.#exports.memory.buffer, at, bytes.length).set(bytes);
  }

  /** One plane for each channel, in the order of WAVE files, or `null` when the packet is damaged. */
  decode(packet: Uint8Array): Float32Array[] | null {
    if (this.#trapped) return null;
    try {
      this.#put(packet);
      const frames = this.#exports.decode();
      if (frames < 0) return null;
      const start = this.#exports.output();
      const { buffer } = this.#exports.memory;
      return Array.from({ length: this.#exports.channels() }, (_, channel) =>
        new Float32Array(buffer, start + 4 * channel * frames, frames).slice(),
      );
    } catch {
      // A panic on a damaged packet leaves the module unusable; the rest of the file counts as damaged.
      this.#trapped = true;
      return null;
    }
  }
}
