import ipaddr from 'ipaddr.js';

/**
 * True for an address of the public internet. Everything that a registry sets apart is refused:
 * loopback, private, link-local (where clouds answer with credentials), carrier-grade NAT,
 * multicast, documentation, and every way to write an IPv4 address as IPv6.
 *
 * @example isPublicAddress('::ffff:127.0.0.1') // false
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  // An IPv4-mapped address is none that a public server has; ranges that translate one are special.
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(ipaddr.parseCIDR(GLOBAL_UNICAST));
}

/** All that IANA has given out of IPv6 so far: the rest is nobody's, whatever answers there. */
const GLOBAL_UNICAST = '2000::/3';

/** The address in the host of a URL, `undefined` where the host is a name. */
export function addressIn(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(host) ? host : undefined;
}
