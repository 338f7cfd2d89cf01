// What the smoke tests ask of a browser, whichever way it is driven.

export interface Browser {
  /** Waits until the page has loaded. */
  goto(url: string): Promise<void>;
  /** The value of an expression in the page. */
  evaluate<T>(expression: string): Promise<T>;
  /** A4, as a PDF file; `undefined` where the browser cannot be told to print. */
  print(): Promise<Uint8Array | undefined>;
  /** Errors of scripts since the start, with what the console called an error. */
  errors(): string[];
  close(): Promise<void>;
}

/** Asks again until it is true; says what was waited for when it never is. */
export async function until(what: string, ask: () => Promise<boolean>, patience = 20_000): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await ask())) {
    if (Date.now() > deadline) {
      throw new Error(`After ${patience / 1000} seconds still not: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
