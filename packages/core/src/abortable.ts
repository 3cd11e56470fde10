/** Settles as the promise does, or rejects with the signal's reason as soon as it aborts; the work itself goes on unheard. */
export async function abortable<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  // Where nobody waits any more, a failure of the work would end the process.
  work.catch(() => {});
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
