/** Why a request came to nothing: what was expected, what was found, and whether to try again. */
export class WireFault extends Error {
  readonly code: WireCode;
  /** The fault may pass by itself. */
  readonly passes: boolean;
  /** How long the server asks to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(code: WireCode, message: string, retryAfterMs?: number) {
    super(message);
    this.name = 'WireFault';
    this.code = code;
    this.passes = PASSING.has(code);
    this.retryAfterMs = retryAfterMs;
  }
}

export type WireCode =
  /** The name has no address, or the network is closed. */
  | 'no_address'
  /** The address is not on the public internet. */
  | 'private_address'
  | 'no_certificate'
  | 'no_connection'
  | 'timeout'
  | 'bad_response'
  | 'incomplete'
  | 'too_large'
  | 'bad_encoding'
  /** 429 and 503 and their kin. */
  | 'busy'
  | 'refused'
  | 'bad_redirect';

const PASSING: ReadonlySet<WireCode> = new Set<WireCode>([
  ...(['no_connection', 'timeout', 'incomplete', 'busy'] as const),
]);

/** What an error of the platform means. */
export function faultOf(error: unknown): WireFault {
  if (error instanceof WireFault) return error;
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  // A resolver that cannot be asked says EAI_AGAIN for minutes on a machine without a network.
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new WireFault('no_address', `the name has no address (${code}): is there a network?`);
  }
  if (code.startsWith('HPE_')) return new WireFault('bad_response', `no HTTP: ${code}`);
  if (code.startsWith('Z_')) return new WireFault('bad_encoding', `no whole gzip: ${code}`);
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || message === 'aborted') {
    return new WireFault('incomplete', 'the connection closed before the answer was whole');
  }
  if (/CERT|^ERR_TLS|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) {
    return new WireFault('no_certificate', `the certificate is not the host's: ${code}`);
  }
  return new WireFault('no_connection', `the connection failed: ${code || message}`);
}
