// The interface of a browser under smoke test, independent of its driver.

export interface Browser {
  /** Waits until the page has loaded. */
  goto(url: string): Promise<void>;
  /** Evaluates an expression in the page. */
  evaluate<T>(expression: string): Promise<T>;
  /** Prints the page to an A4 PDF; `undefined` where the driver cannot print. */
  print(): Promise<Uint8Array | undefined>;
  /** Returns script errors and console errors since the start. */
  errors(): string[];
  close(): Promise<void>;
}

/** Polls a condition until it is true; the error of a timeout names it. */
export async function until(what: string, ask: () => Promise<boolean>, patience = 20_000): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await ask())) {
    if (Date.now() > deadline) {
      throw new Error(`After ${patience / 1000} seconds still not: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
