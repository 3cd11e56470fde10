import { ToolError } from '../errors.ts';

/** The time that a request has. */
export interface Deadline {
  /** Stops the work: aborts when the time has passed, or when the client aborts. */
  signal: AbortSignal;
  /** Answers the client: rejects at the same moment, and never resolves. */
  passed: Promise<never>;
  /** To be called once the request is over. */
  end(): void;
}

/** Starts the clock. */
export function startDeadline(ms: number, client: AbortSignal): Deadline {
  const controller = new AbortController();
  const { promise: passed, reject } = Promise.withResolvers<never>();
  // Nobody waits for it while the output is being checked, nor after a refusal.
  passed.catch(() => {});
  const stop = (reason: unknown) => {
    controller.abort(reason);
    reject(reason);
  };
  const onCancel = () => stop(new ToolError('timeout', 'The call was cancelled.'));
  const timer = setTimeout(
    () =>
      stop(
        new ToolError('timeout', `The call took longer than ${ms} ms.`, { hint: 'Ask for less, or tell the user to raise callTimeoutMs.' }),
      ),
    ms,
  );
  if (client.aborted) onCancel();
  else client.addEventListener('abort', onCancel, { once: true });
  return {
    signal: controller.signal,
    passed,
    end() {
      clearTimeout(timer);
      client.removeEventListener('abort', onCancel);
    },
  };
}
