import { type Answer, textOf, type Visitor } from './clients.ts';

/** One line of the transcript: what was asked, what came back, how long it took. */
export interface Step {
  asked: string;
  told: string;
  ms: number;
}

/** Makes calls and keeps them for the transcript. */
export class Diary {
  readonly steps: Step[] = [];
  readonly #visitor: Visitor;

  constructor(visitor: Visitor) {
    this.#visitor = visitor;
  }

  async tools(): Promise<string[]> {
    return await this.#timed(
      'tools/list',
      () => this.#visitor.tools(),
      (tools) => tools.join(', '),
    );
  }

  async call(name: string, args: Record<string, unknown>): Promise<Answer> {
    return await this.#timed(`${name} ${JSON.stringify(args)}`, () => this.#visitor.call(name, args), textOf);
  }

  /** Calls, and takes it back once the server has had time to begin. */
  async cancelled(name: string, args: Record<string, unknown>, begun: () => Promise<boolean>): Promise<void> {
    const leaving = new AbortController();
    const act = async () => {
      const answered = this.#visitor.call(name, args, leaving.signal).then(
        () => 'answered',
        () => 'cancelled by the client',
      );
      while (!(await begun()));
      leaving.abort(new Error('The user has changed their mind'));
      return await answered;
    };
    const outcome = await this.#timed(`${name} ${JSON.stringify(args)}`, act, (told) => told);
    if (outcome === 'answered') throw new Error(`${name} was answered before it could be cancelled`);
  }

  async #timed<Result>(asked: string, act: () => Promise<Result>, tell: (result: Result) => string): Promise<Result> {
    const started = performance.now();
    const result = await act();
    this.steps.push({ asked, told: tell(result), ms: performance.now() - started });
    return result;
  }
}
