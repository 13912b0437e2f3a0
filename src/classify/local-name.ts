/**
 * Search domains that networks hand out and that nobody can register: a question below them is answered with "no
 * such name" by the roots and carries nothing to anyone.
 */
const SEARCH_DOMAINS = ['.lan', '.local', '.localdomain', '.home', '.home.arpa', '.internal'];

/**
 * The name a device meant when it added its network's search domain: `web.wechat.com.lan` → `web.wechat.com`. Null
 * where it added none.
 */
export function withoutSearchDomain(name: string): string | null {
  const domain = SEARCH_DOMAINS.find((domain) => name.endsWith(domain));
  return domain === undefined ? null : name.slice(0, -domain.length);
}
