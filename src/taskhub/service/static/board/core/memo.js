/**
 * Keeps descriptions from one drawing to the next, as long as nothing that they were made of has changed. `draw` passes over what is the
 * same object.
 *
 * @template T
 */
export class Memo {
  /** @type {Map<string, {inputs: any[], made: T}>} */
  #kept = new Map();
  /** @type {Map<string, {inputs: any[], made: T}>} */
  #next = new Map();

  /**
   * @param {string} key
   * @param {any[]} inputs All that `make` looks at, and where the description is to be.
   * @param {() => T} make
   * @returns {T}
   */
  of(key, inputs, make) {
    const before = this.#kept.get(key);
    const is_same = before?.inputs.length === inputs.length && before.inputs.every((input, at) => input === inputs[at]);
    const one = before && is_same ? before : { inputs, made: make() };
    this.#next.set(key, one);
    return one.made;
  }

  /** After each drawing: what was not in it is forgotten. */
  turn() {
    this.#kept = this.#next;
    this.#next = new Map();
  }
}
