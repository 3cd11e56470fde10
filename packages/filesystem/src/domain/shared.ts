/** Something that is let go of when its last user has released it. */
export class Shared<Value> {
  readonly value: Value;
  readonly #letGo: () => unknown;
  #users: number;

  constructor(value: Value, users: number, letGo: () => unknown) {
    this.value = value;
    this.#users = users;
    this.#letGo = letGo;
  }

  hold(): void {
    this.#users += 1;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users === 0) this.#letGo();
  }
}
