/** IANA protocol numbers this project reads or names. */
export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;
export const ICMPV6 = 58;

/** IPv6 extension headers (RFC 8200 §4, RFC 4302). */
export const HOP_BY_HOP = 0;
export const ROUTING = 43;
export const FRAGMENT = 44;
export const AUTHENTICATION = 51;
export const DESTINATION_OPTIONS = 60;
