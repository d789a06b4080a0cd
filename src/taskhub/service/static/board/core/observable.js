/** Something that tells others when it has changed. */
export class Observable {
  /** @type {Set<() => void>} */
  #readers = new Set();

  /**
   * @param {() => void} reader
   * @returns {() => void} Ends it.
   */
  subscribe(reader) {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  changed() {
    for (const reader of [...this.#readers]) reader();
  }
}
