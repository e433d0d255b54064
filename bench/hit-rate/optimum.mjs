// The best that any policy could do on a trace whose future it knows.

/**
 * Hits by entries, exactly: Belady's optimum, which lets go of what is asked for last, the newcomer included.
 * L. A. Belady, A study of replacement algorithms for a virtual-storage computer (1966).
 */
export function optimumByEntries({ requests, names }, maxEntries) {
  const following = followingRequests(requests, names.length)
  const nextOf = new Float64Array(names.length).fill(-1)
  const heap = createLatestFirst()
  let held = 0
  let hits = 0
  requests.forEach((key, at) => {
    if (nextOf[key] >= 0) hits += 1
    else held += 1
    nextOf[key] = following[at]
    heap.add(following[at], key)
    while (held > maxEntries) {
      const { next, key: last } = heap.take()
      // What was asked for since then stands in the heap a second time.
      if (nextOf[last] !== next) continue
      nextOf[last] = -1
      held -= 1
    }
  })
  return hits
}

/**
 * An upper bound by bytes: each stretch between two requests for a key takes up bytes × requests, of which there are only
 * `maxBytes` × all requests; the cheapest stretches are granted. `{ hits, hitBytes }`, each bound for itself.
 * D. S. Berger et al., Practical bounds on optimal caching with variable object sizes (2018), PFOO-U.
 */
export function boundByBytes({ requests, names, sizes }, maxBytes) {
  const following = followingRequests(requests, names.length)
  const stretches = []
  requests.forEach((key, at) => {
    if (following[at] !== Infinity && sizes[key] <= maxBytes) {
      stretches.push({ bytes: sizes[key], requests: following[at] - at })
    }
  })
  const room = maxBytes * requests.length
  stretches.sort((one, other) => one.bytes * one.requests - other.bytes * other.requests)
  const hits = granted(stretches, room, () => 1)
  stretches.sort((one, other) => one.requests - other.requests)
  return { hits, hitBytes: granted(stretches, room, ({ bytes }) => bytes) }
}

function granted(stretches, room, worth) {
  let left = room
  let sum = 0
  for (const stretch of stretches) {
    left -= stretch.bytes * stretch.requests
    sum += worth(stretch)
    if (left < 0) break
  }
  return sum
}

/** For each request, which one asks for the same key next; infinity where none does. */
function followingRequests(requests, keys) {
  const following = new Float64Array(requests.length)
  const seenAt = new Float64Array(keys).fill(Infinity)
  for (let at = requests.length - 1; at >= 0; at -= 1) {
    following[at] = seenAt[requests[at]]
    seenAt[requests[at]] = at
  }
  return following
}

/** A heap with the latest `next` on top. */
function createLatestFirst() {
  const items = []
  return {
    add(next, key) {
      const item = { next, key }
      let at = items.length
      items.push(item)
      while (at > 0) {
        const above = (at - 1) >> 1
        if (items[above].next >= next) break
        items[at] = items[above]
        at = above
      }
      items[at] = item
    },
    take() {
      const top = items[0]
      const last = items.pop()
      if (items.length === 0) return top
      let at = 0
      for (;;) {
        let below = 2 * at + 1
        if (below >= items.length) break
        if (below + 1 < items.length && items[below + 1].next > items[below].next) below += 1
        if (items[below].next <= last.next) break
        items[at] = items[below]
        at = below
      }
      items[at] = last
      return top
    },
  }
}
