/** IANA's DNS resource record types, as far as clients ask for them. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [10, 'NULL'],
  [12, 'PTR'],
  [15, 'MX'],
  [16, 'TXT'],
  [28, 'AAAA'],
  [33, 'SRV'],
  [35, 'NAPTR'],
  [43, 'DS'],
  [46, 'RRSIG'],
  [48, 'DNSKEY'],
  [64, 'SVCB'],
  [65, 'HTTPS'],
  [255, 'ANY'],
  [257, 'CAA'],
]);

/** The name of a DNS type; the number itself where it has no name here. */
export function dnsTypeName(type: number): string {
  return NAMES.get(type) ?? String(type);
}
