// Another store as if it were across a network: every answer comes later, and it can be away.
import type { Ledger } from '../../src/model/ledger.js'
import type { BodyWriter, Store } from '../../src/model/store.js'

/** A store that tests send away and call back. */
export interface RemoteStore {
  readonly store: Store
  /** From now on everything rejects. */
  goAway(): void
  comeBack(): void
  /** Called before each operation, by its name; what it throws is the failure of that operation. */
  onCall(listener: (operation: string) => void | Promise<void>): void
}

/** Puts a store across a network. */
export function asRemote(inner: Store): RemoteStore {
  let isAway = false
  let listener: (operation: string) => void | Promise<void> = () => undefined

  async function call<Result>(operation: string, work: () => Result | Promise<Result>): Promise<Result> {
    await listener(operation)
    if (isAway) throw new Error('the network is down')
    return work()
  }

  const ledger: Ledger = {
    epoch: () => call('ledger.epoch', () => inner.ledger.epoch()),
    add: (delta) => call('ledger.add', () => inner.ledger.add(delta)),
    addNow: (delta) => !isAway && inner.ledger.addNow(delta),
    figures: (options) => call('ledger.figures', () => inner.ledger.figures(options)),
    reset: (nowMs) => call('ledger.reset', () => inner.ledger.reset(nowMs)),
  }

  function remoteWriter(writer: BodyWriter): BodyWriter {
    return {
      add: (bytes) => call('body.add', () => writer.add(bytes)),
      written: () => writer.written(),
      finish: (head, began) => call('body.finish', () => writer.finish(head, began)),
      abandon: () => writer.abandon(),
    }
  }

  const store: Store = {
    tier: 'redis',
    isRemote: true,
    ledger,
    cells: {
      read: (name) => call('cells.read', () => inner.cells.read(name)),
      update: (name, change) => call('cells.update', () => inner.cells.update(name, change)),
      list: (prefix) => call('cells.list', () => inner.cells.list(prefix)),
    },
    read: (key) => call('read', () => inner.read(key)),
    head: (key) => call('head', () => inner.head(key)),
    write: (record, began) => call('write', () => inner.write(record, began)),
    confirm: (head, began) => call('confirm', () => inner.confirm(head, began)),
    ...(inner.writeBody !== undefined && {
      writeBody: (bodyId: string) => remoteWriter(inner.writeBody!(bodyId)),
    }),
    remove: (key) => call('remove', () => inner.remove(key)),
    addMark: (scope, options) => call('addMark', () => inner.addMark(scope, options)),
    marks: (after) => call('marks', () => inner.marks(after)),
    sequence: () => call('sequence', () => inner.sequence()),
    changesSince: (sequence) => call('changesSince', () => inner.changesSince(sequence)),
    list: (query) => call('list', () => inner.list(query)),
    clean: (isRemovable, options) => call('clean', () => inner.clean(isRemovable, options)),
    secret: () => call('secret', () => inner.secret()),
    async health() {
      const health = await inner.health()
      const away = isAway ? { isWritable: false, problem: 'The network is down.' } : {}
      return { ...health, tier: 'redis', ...away }
    },
    close: () => inner.close(),
  }

  return {
    store,
    goAway: () => void (isAway = true),
    comeBack: () => void (isAway = false),
    onCall: (given) => void (listener = given),
  }
}
