/** A file of the site that `mtok site` writes beside the documents of a publication. */
export interface SitePath {
  readonly kind: 'page' | 'script' | 'style' | 'text' | 'study' | 'table';
  /** Named by the digest of its bytes: it never changes under its name. */
  readonly isAsset: boolean;
}

const PAGE =
  /^(?:(?:index|check|methodology|exchanges|analysts|studies)|indices\/[A-Z][A-Z0-9-]{0,99})\.html$/;
/** A study, its page, and its tables. */
const STUDY = /^studies\/[a-z][a-z0-9-]{0,63}(?:\.html|\.json|(?:\.[a-z][a-z0-9-]{0,63})?\.csv)$/;
const ASSET = /^assets\/(?:page|engine|style|licences)-[0-9a-f]{16}\.(js|css|txt)$/;

const KINDS: Readonly<Record<string, SitePath['kind']>> = { js: 'script', css: 'style' };

/**
 * What a file of the site is, by its path; `undefined` for any other file. The site is made from
 * what is published, and of studies that somebody put beside it: the log names neither.
 */
export function sitePath(path: string): SitePath | undefined {
  if (PAGE.test(path)) return { kind: 'page', isAsset: false };
  if (STUDY.test(path)) return { kind: studyKind(path), isAsset: false };
  const ending = ASSET.exec(path)?.[1];
  if (ending === undefined) return undefined;
  return { kind: KINDS[ending] ?? 'text', isAsset: true };
}

function studyKind(path: string): SitePath['kind'] {
  if (path.endsWith('.html')) return 'page';
  return path.endsWith('.json') ? 'study' : 'table';
}

const POLICY = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:"],
  ...["connect-src 'self'", "worker-src 'self'", "base-uri 'none'", "form-action 'none'"],
];

/** What a page of the site may load and run: its own files, and nothing of anybody else. */
export const PAGE_POLICY = POLICY.join('; ');

/** The same for a header, which can say who may frame a page. */
export const HEADER_POLICY = [...POLICY, "frame-ancestors 'none'"].join('; ');
