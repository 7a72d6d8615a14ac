/** Where a publication is read from: a directory, a web server, or a bundle. */
export interface Source {
  /** As a person would name it. */
  readonly name: string;
  /** The bytes of a file, or `undefined` where there is none. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
  /** Every file, where that can be known: a web server does not say. */
  readonly list?: () => Promise<readonly string[]>;
}
