// Results of the set-up for all tests, passed in the environment, as tests run in processes of their own.

/** Names of the variables; the set-up writes them, `world` reads them. */
const variables = {
  /** The server's base URL, without a final slash. */
  url: 'END2END_URL',
  /** The folder with the database and everything else of this run. */
  folder: 'END2END_FOLDER',
  /** The signing secret in use. */
  secret: 'END2END_SECRET',
  /** The signing secret before the last rotation, still accepted. */
  oldSecret: 'END2END_OLD_SECRET',
  /** The sign-in link of the first admin, used up by the set-up. */
  usedLink: 'END2END_USED_LINK',
} as const;

export type World = Record<keyof typeof variables, string>;

export function share(world: World): void {
  for (const [key, name] of Object.entries(variables)) {
    process.env[name] = world[key as keyof World];
  }
}

export function world(): World {
  const read = (name: string): string => {
    const value = process.env[name];
    if (value === undefined) {
      throw new Error(`${name} is not set: the set-up has not run.`);
    }
    return value;
  };
  return Object.fromEntries(Object.entries(variables).map(([key, name]) => [key, read(name)])) as World;
}

/** The role a test is signed in as. */
export type Reader = 'admin' | 'hirer' | 'nobody';

/** The password of everybody in tests. */
export const password = 'correct horse battery staple';

/** Cookies of a signed-in person, as Playwright keeps them. */
export function storageState(reader: Exclude<Reader, 'nobody'>, folder = world().folder): string {
  return `${folder}/${reader}.json`;
}

/** Number of simulated contractors: more than one page of the list. */
export const CONTRACTORS = 60;
