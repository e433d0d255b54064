// Which hosts are cached where no declared service claims them. Pure.
import { type HostMatcher, compileHosts } from '../../config/host-matcher.js'

/** Compiles the choice: the named hosts, one without a port on every port; with none named every one but loopback. */
export function compileHostChoice(hosts: readonly string[] | undefined): HostMatcher {
  if (hosts === undefined) return (host) => !isLoopback(host)
  const isNamed = compileHosts(hosts)
  return (host) => isNamed(host) || isNamed(host.replace(/:\d+$/, ''))
}

/** True for this machine's own names and addresses, with or without a port. */
function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/\.$/, '')
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  return name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name) || /^\[::ffff:7f[0-9a-f]{2}:/.test(name)
}
