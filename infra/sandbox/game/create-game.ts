/**
 * The game as the sandbox's chain sees it (infra/sandbox/chain/game.ts): contracts at their
 * addresses, calldata in and felts out, transactions that take effect as a whole or not at all.
 */
import { FatalError } from '../../../domain/errors.ts'
import type { Members } from '../../../domain/worlds/definition.ts'
import {
  type ContractName,
  infiniteHexAdventurers,
} from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { byteArrayFelts } from '../../../schemas/crypto/starknet.ts'
import { entrypointSelector } from '../../../schemas/worlds/selectors.ts'
import {
  type Call,
  type CallContext,
  type CallResult,
  CallReverted,
  ContractUnknown,
  type EmittedEvent,
  EntrypointUnknown,
  type Game,
  type GameTransaction,
} from '../chain/game.ts'
import { type ContractViews, RESOURCE_CONTRACTS, worldViews } from './resource-views.ts'
import { decodeArguments, eventEmitted, storeSetRecord, ValueOverflow } from './row-codec.ts'
import { createRowState, type RowState } from './row-state.ts'
import { type Returned, returnedFelts, type World } from './system.ts'
import { SYSTEM_CONTRACTS } from './systems-by-name.ts'
import { DEFAULT_GENERATION } from './world-generation.ts'

export type GameOptions = Readonly<{
  /** Account that owns the namespace: the operator, who alone may configure world generation. */
  namespaceOwner: bigint
  /** Global seed of world generation; the live deployment's when absent. */
  seed?: bigint
  /**
   * Contracts with the WRITER role: `all` (default) as in the live slots; `stock` as the game's own
   * migration files grant it, where every writing call of construction_manager and
   * autoregulator_manager reverts.
   */
  writers?: 'all' | 'stock'
}>

type Handler = (world: World, args: Readonly<Record<string, never>>) => Returned

type Callable = Readonly<{ members: Members; run: Handler }>

type System = Readonly<{
  name: ContractName
  address: bigint
  mayWrite: boolean
  callables: ReadonlyMap<bigint, Callable>
}>

const WITHOUT_STOCK_WRITER: ReadonlySet<ContractName> = new Set([
  'construction_manager',
  'autoregulator_manager',
])

/**
 * What Dojo gives every system contract (game.md §0.2). Only the World may upgrade one, and here the
 * World has no entrypoint that does.
 */
const dojoCallables = (name: ContractName): Readonly<Record<string, Callable>> => ({
  dojo_name: { members: {}, run: () => byteArrayFelts(name) },
  world_dispatcher: { members: {}, run: () => BigInt(infiniteHexAdventurers.worldAddress) },
  upgrade: {
    members: { new_class_hash: 'address' },
    run: () => {
      throw new CallReverted('must be called by world')
    },
  },
})

const callablesOf = (name: ContractName): ReadonlyMap<bigint, Callable> => {
  const { entrypoints, views } = infiniteHexAdventurers.contracts[name]
  const definitions: Readonly<Record<string, Readonly<{ calldata: Members }>>> = {
    ...entrypoints,
    ...views,
  }
  const { entrypoints: calls, views: queries } = SYSTEM_CONTRACTS[name]
  // Each handler takes the arguments of its own definition, and `decodeArguments` reads them by the
  // members of that definition.
  const handlers = { ...calls, ...queries } as Readonly<Record<string, Handler>>
  const callables = Object.entries(definitions).map(
    ([entrypoint, { calldata }]): [string, Callable] => {
      const run = handlers[entrypoint]
      if (run === undefined) throw new FatalError(`${name} does not implement ${entrypoint}`)
      return [entrypoint, { members: calldata, run }]
    },
  )
  return new Map(
    [...callables, ...Object.entries(dojoCallables(name))].map(([entrypoint, callable]) => [
      BigInt(entrypointSelector(entrypoint)),
      callable,
    ]),
  )
}

const systemsByAddress = (writers: 'all' | 'stock'): ReadonlyMap<bigint, System> =>
  new Map(
    // The keys are exactly the names.
    (Object.keys(SYSTEM_CONTRACTS) as ContractName[]).map((name) => {
      const address = BigInt(infiniteHexAdventurers.contracts[name].address)
      const mayWrite = writers === 'all' || !WITHOUT_STOCK_WRITER.has(name)
      return [address, { name, address, mayWrite, callables: callablesOf(name) }]
    }),
  )

const decodedOrReverted = (
  members: Members,
  calldata: readonly bigint[],
): Readonly<Record<string, never>> => {
  const decoded = decodeArguments(members, calldata)
  // The handler reads them by name, with the types of the same members.
  if ('fields' in decoded) return decoded.fields as Readonly<Record<string, never>>
  const expected = Object.keys(members).length
  throw new CallReverted(
    decoded.failedAt === expected
      ? 'Input too long for arguments'
      : `Failed to deserialize param #${decoded.failedAt + 1}`,
  )
}

const hex = (felt: bigint): string => `0x${felt.toString(16)}`

const requireEntrypoint = <T>(to: bigint, selector: bigint, found: T | undefined): T => {
  if (found !== undefined) return found
  throw new EntrypointUnknown(`ENTRYPOINT_NOT_FOUND: ${hex(selector)} in contract ${hex(to)}`)
}

/**
 * Runs a call; a sum that exceeds its type reverts it, as checked arithmetic does (game.md §2.11).
 */
const revertingOnOverflow = <T>(call: () => T): T => {
  try {
    return call()
  } catch (error) {
    if (!(error instanceof ValueOverflow)) throw error
    throw new CallReverted(`${error.type}_add Overflow`, { cause: error })
  }
}

/**
 * Parameters of the call by which the live deployment configured world generation (game.md §2.10).
 */
const LIVE_GENERATION = [2_200n, 2_200n, 2_200n, 3n, 3n, 3n] as const

/** The call by which the operator initialises world generation on a fresh world. */
export const genesisCall = (seed: bigint): Call => ({
  to: BigInt(infiniteHexAdventurers.contracts.world_gen_manager.address),
  selector: BigInt(entrypointSelector('initialize_active_world_gen_config')),
  calldata: [seed, ...LIVE_GENERATION],
})

/** What a game is made of. */
type Parts = Readonly<{
  rows: RowState
  namespaceOwner: bigint
  systems: ReadonlyMap<bigint, System>
  /** Views of the World and of the contracts of models and events, by address. */
  resourceViews: ReadonlyMap<bigint, ContractViews>
}>

const partsOf = ({ namespaceOwner, writers = 'all' }: GameOptions): Parts => {
  const rows = createRowState()
  const systems = systemsByAddress(writers)
  const writerAddresses = [...systems.values()]
    .filter(({ mayWrite }) => mayWrite)
    .map(({ address }) => address)
  const permissions = { owner: namespaceOwner, writers: new Set(writerAddresses) }
  const world = BigInt(infiniteHexAdventurers.worldAddress)
  const resourceViews = new Map([...RESOURCE_CONTRACTS, [world, worldViews(rows, permissions)]])
  return { rows, namespaceOwner, systems, resourceViews }
}

const requireWriter = ({ mayWrite, name }: System, resource: string): void => {
  if (mayWrite) return
  throw new CallReverted(`Dojo Contract \`${name}\` does NOT have WRITER role on ${resource}`)
}

/** The world as a call of a system sees it; its events are added to `events`. */
const worldOf = (
  { rows, namespaceOwner }: Parts,
  system: System,
  { block, caller }: CallContext,
  events: EmittedEvent[],
): World => ({
  caller,
  block,
  now: BigInt(block),
  read: rows.read,
  write: (model, keys, row) => {
    requireWriter(system, `model (or its namespace) \`${model}\``)
    const written = rows.write(model, keys, row)
    events.push(storeSetRecord(model, written.keys, written.values, written.entityId))
  },
  emit: (event, fields) => {
    requireWriter(system, `event (or its namespace) \`${event}\``)
    events.push(eventEmitted(event, system.address, fields))
  },
  isNamespaceOwner: (account) => account === namespaceOwner,
})

/** Runs one call. When it throws CallReverted, its writes stay until they are rolled back. */
const runCall = (
  parts: Parts,
  { to, selector, calldata }: Call,
  context: CallContext,
): CallResult => {
  const views = parts.resourceViews.get(to)
  if (views !== undefined) {
    const view = requireEntrypoint(to, selector, views.get(selector))
    return { returned: view(calldata), events: [] }
  }
  const system = parts.systems.get(to)
  if (system === undefined)
    throw new ContractUnknown(`Requested contract address ${hex(to)} is not deployed`)
  const { members, run } = requireEntrypoint(to, selector, system.callables.get(selector))
  const events: EmittedEvent[] = []
  const args = decodedOrReverted(members, calldata)
  const world = worldOf(parts, system, context, events)
  const returned = revertingOnOverflow(() => run(world, args))
  return { returned: returnedFelts(returned), events }
}

/** A game whose rows can be read as the rules see them. */
export type ReadableGame = Game & Pick<World, 'read'>

/**
 * A game on a fresh world. Its rows are in memory only: the chain stores those that
 * `takeChangedRows` returns.
 */
export const createGame = (options: GameOptions): ReadableGame => {
  const parts = partsOf(options)
  const { rows, namespaceOwner } = parts

  /** Runs calls, each on the result of the ones before; takes everything back when one reverts. */
  const runAll = (calls: readonly Call[], context: CallContext): readonly CallResult[] => {
    const mark = rows.mark()
    try {
      return calls.map((call) => runCall(parts, call, context))
    } catch (error) {
      rows.rollBack(mark)
      throw error
    }
  }

  const execute: Game['execute'] = (calls, context) => {
    const results = runAll(calls, context)
    rows.commit()
    return results
  }

  /** Runs something and takes back everything that it wrote. */
  const withoutTrace = <T>(act: () => T): T => {
    const mark = rows.mark()
    try {
      return act()
    } finally {
      rows.rollBack(mark)
    }
  }

  const outcomeOf = ({ calls, context }: GameTransaction): readonly CallResult[] | CallReverted => {
    try {
      return runAll(calls, context)
    } catch (error) {
      if (error instanceof CallReverted) return error
      throw error
    }
  }

  return {
    read: rows.read,
    execute,
    simulate: (transactions) => withoutTrace(() => transactions.map(outcomeOf)),
    view: (call, context) => withoutTrace(() => runCall(parts, call, context).returned),
    genesis: (context) => {
      const call = genesisCall(options.seed ?? DEFAULT_GENERATION.global_seed)
      return execute([call], { ...context, caller: namespaceOwner }).flatMap(({ events }) => events)
    },
    takeChangedRows: rows.takeChanged,
    load: rows.load,
  }
}
