// Which hosts are a service's own.

/** Tells whether a URL's `host` (with its port, if not the default one) belongs to a service. */
export type HostMatcher = (host: string) => boolean

/** Compiles `host`, `host:port` and `*.example.com`; a name without a port covers the default port only. */
export function compileHosts(given: readonly string[]): HostMatcher {
  // The `host` of a URL never shows a default port.
  const hosts = given.map((host) => host.replace(/:(80|443)$/, ''))
  const exact = new Set(hosts.filter((host) => !host.startsWith('*.')))
  const suffixes = hosts.filter((host) => host.startsWith('*.')).map((host) => host.slice(1))
  return (host) =>
    exact.has(host) || suffixes.some((suffix) => host.endsWith(suffix) && host.length > suffix.length)
}
