/**
 * A game of one rule, for tests of the chain alone: `add(key, amount)` raises a tally and emits it,
 * `fail()` reverts, and the view `get(key)` reads it.
 */
import { selectorOfName } from '../../../schemas/crypto/starknet.ts'
import {
  type Call,
  type CallContext,
  type CallResult,
  CallReverted,
  ContractUnknown,
  EntrypointUnknown,
  type Game,
  type StoredRow,
} from './game.ts'

export const TALLY_ADDRESS = 0x7a11n
export const ADD = BigInt(selectorOfName('add'))
export const FAIL = BigInt(selectorOfName('fail'))
export const GET = BigInt(selectorOfName('get'))
/**
 * First key of the event of `add`; its second key is the tally's, its data are amount, total, block
 * and caller.
 */
export const ADDED = BigInt(selectorOfName('Added'))
const STARTED = BigInt(selectorOfName('Started'))

const rowOf = (key: bigint, total: bigint): StoredRow => ({
  model: 'Tally',
  modelSelector: 0x7n,
  entityId: key,
  keys: [key],
  values: [total],
})

export const createTallyGame = (): Game => {
  let tallies = new Map<bigint, bigint>()
  let changed = new Map<bigint, StoredRow>()
  const set = (key: bigint, total: bigint): void => {
    tallies.set(key, total)
    changed.set(key, rowOf(key, total))
  }
  const run = ({ to, selector, calldata }: Call, { block, caller }: CallContext): CallResult => {
    if (to !== TALLY_ADDRESS) throw new ContractUnknown(`no contract at 0x${to.toString(16)}`)
    if (selector === FAIL) throw new CallReverted('asked to fail')
    if (selector === GET) return { returned: [tallies.get(calldata[0] ?? 0n) ?? 0n], events: [] }
    if (selector !== ADD) throw new EntrypointUnknown('no such entrypoint')
    const [key, amount] = calldata
    if (key === undefined || amount === undefined)
      throw new CallReverted('Failed to deserialize param #1')
    const total = (tallies.get(key) ?? 0n) + amount
    set(key, total)
    return {
      returned: [total],
      events: [{ keys: [ADDED, key], data: [amount, total, BigInt(block), caller] }],
    }
  }
  const undoing = <T>(body: () => T, keep: (result: T) => boolean): T => {
    const before = [new Map(tallies), new Map(changed)] as const
    let kept = false
    try {
      const result = body()
      kept = keep(result)
      return result
    } finally {
      if (!kept) [tallies, changed] = before
    }
  }
  const execute: Game['execute'] = (calls, context) =>
    undoing(
      () => calls.map((call) => run(call, context)),
      () => true,
    )
  return {
    execute,
    simulate: (transactions) =>
      undoing(
        () =>
          transactions.map(({ calls, context }) => {
            try {
              return execute(calls, context)
            } catch (error) {
              if (error instanceof CallReverted) return error
              throw error
            }
          }),
        () => false,
      ),
    view: ({ to, selector, calldata }) => {
      if (to !== TALLY_ADDRESS) throw new ContractUnknown('no contract')
      if (selector === FAIL) throw new CallReverted('asked to fail')
      if (selector !== GET) throw new EntrypointUnknown('no such entrypoint')
      return [tallies.get(calldata[0] ?? 0n) ?? 0n]
    },
    genesis: () => {
      set(0n, 1n)
      return [{ keys: [STARTED], data: [1n] }]
    },
    takeChangedRows: () => {
      const rows = [...changed.values()]
      changed.clear()
      return rows
    },
    load: (rows) => {
      for (const { entityId, values } of rows) tallies.set(entityId, values[0] ?? 0n)
    },
  }
}
