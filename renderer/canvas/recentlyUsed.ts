/** Things by name up to so many bytes: what was not asked for longest is forgotten first. */
export class RecentlyUsed<Thing> {
  /** In the order in which they were asked for. */
  readonly #things = new Map<string, { readonly thing: Thing; readonly bytes: number }>();
  #bytes = 0;

  constructor(
    private readonly mostBytes: number,
    private readonly forgotten: (thing: Thing, name: string) => void = () => undefined,
  ) {}

  get bytes(): number {
    return this.#bytes;
  }

  get(name: string): Thing | undefined {
    const known = this.#things.get(name);
    if (known === undefined) return undefined;
    this.#things.delete(name);
    this.#things.set(name, known);
    return known.thing;
  }

  /** The new one itself stays, however large it is. */
  set(name: string, thing: Thing, bytes: number): void {
    this.#remove(name);
    this.#things.set(name, { thing, bytes });
    this.#bytes += bytes;
    for (const [oldest, { thing: unseen }] of this.#things) {
      if (this.#bytes <= this.mostBytes || oldest === name) break;
      this.#remove(oldest);
      this.forgotten(unseen, oldest);
    }
  }

  #remove(name: string): void {
    this.#bytes -= this.#things.get(name)?.bytes ?? 0;
    this.#things.delete(name);
  }
}
