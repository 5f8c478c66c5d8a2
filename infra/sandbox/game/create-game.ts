/**
 * The game as the sandbox's chain sees it (infra/sandbox/chain/game.ts): contracts at their addresses,
 * calldata in and felts out, transactions that happen as a whole or not at all.
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
} from '../chain/game.ts'
import { type ContractViews, RESOURCE_CONTRACTS, worldViews } from './resource-views.ts'
import { decodeArguments, eventEmitted, storeSetRecord, ValueOverflow } from './row-codec.ts'
import { createRowState } from './row-state.ts'
import { type Returned, returnedFelts, type World } from './system.ts'
import { SYSTEM_CONTRACTS } from './systems-by-name.ts'
import { DEFAULT_GENERATION } from './world-generation.ts'

export type GameOptions = Readonly<{
  /** Account that owns the namespace: the operator, who alone may configure world generation. */
  namespaceOwner: bigint
  /** Global seed of world generation; the live deployment's when absent. */
  seed?: bigint
  /**
   * Contracts with the WRITER role. `all` (default) as the live slots have it; `stock` as the
   * game's own migration files grant it, where every writing call of construction_manager and
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
 * What Dojo gives every system contract (game.md §0.2). Nobody but the World may upgrade one, and
 * nobody makes it.
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
  // Each handler takes the arguments of its own definition, which `decodeArguments` reads by the
  // same members.
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
  // Read by name, by the handler's types.
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
 * Runs a call; a sum that leaves its type reverts it, as checked arithmetic does (game.md §2.11).
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

/** A game whose rows can be read as the rules see them. */
export type ReadableGame = Game & Pick<World, 'read'>

/**
 * A game on a fresh world. Its rows are in memory only: the chain keeps what `takeChangedRows`
 * gives it.
 */
export const createGame = ({
  namespaceOwner,
  seed,
  writers = 'all',
}: GameOptions): ReadableGame => {
  const rows = createRowState()
  const systems = systemsByAddress(writers)
  const writerAddresses = [...systems.values()]
    .filter(({ mayWrite }) => mayWrite)
    .map(({ address }) => address)
  const permissions = { owner: namespaceOwner, writers: new Set(writerAddresses) }
  const resourceViews: ReadonlyMap<bigint, ContractViews> = new Map([
    ...RESOURCE_CONTRACTS,
    [BigInt(infiniteHexAdventurers.worldAddress), worldViews(rows, permissions)],
  ])

  const worldOf = (system: System, context: CallContext, events: EmittedEvent[]): World => {
    const requireWriter = (kind: 'model' | 'event', name: string): void => {
      if (system.mayWrite) return
      const resource = `${kind} (or its namespace) \`${name}\``
      throw new CallReverted(
        `Dojo Contract \`${system.name}\` does NOT have WRITER role on ${resource}`,
      )
    }
    return {
      caller: context.caller,
      block: context.block,
      now: BigInt(context.block),
      read: rows.read,
      write: (model, keys, row) => {
        requireWriter('model', model)
        const written = rows.write(model, keys, row)
        events.push(storeSetRecord(model, written.keys, written.values, written.entityId))
      },
      emit: (event, fields) => {
        requireWriter('event', event)
        events.push(eventEmitted(event, system.address, fields))
      },
      isNamespaceOwner: (account) => account === namespaceOwner,
    }
  }

  const run = ({ to, selector, calldata }: Call, context: CallContext): CallResult => {
    const views = resourceViews.get(to)
    if (views !== undefined) {
      return {
        returned: requireEntrypoint(to, selector, views.get(selector))(calldata),
        events: [],
      }
    }
    const system = systems.get(to)
    if (system === undefined)
      throw new ContractUnknown(`Requested contract address ${hex(to)} is not deployed`)
    const callable = requireEntrypoint(to, selector, system.callables.get(selector))
    const events: EmittedEvent[] = []
    const args = decodedOrReverted(callable.members, calldata)
    const returned = revertingOnOverflow(() => callable.run(worldOf(system, context, events), args))
    return { returned: returnedFelts(returned), events }
  }

  /** All calls on what the ones before left; takes everything back when one reverts. */
  const runAll = (calls: readonly Call[], context: CallContext): readonly CallResult[] => {
    const mark = rows.mark()
    try {
      return calls.map((call) => run(call, context))
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

  /** Runs something and takes back whatever it wrote. */
  const withoutTrace = <T>(act: () => T): T => {
    const mark = rows.mark()
    try {
      return act()
    } finally {
      rows.rollBack(mark)
    }
  }

  const outcomeOf = (
    calls: readonly Call[],
    context: CallContext,
  ): readonly CallResult[] | CallReverted => {
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
    simulate: (transactions) =>
      withoutTrace(() => transactions.map(({ calls, context }) => outcomeOf(calls, context))),
    view: (call, context) => withoutTrace(() => run(call, context).returned),
    genesis: (context) => {
      const call = genesisCall(seed ?? DEFAULT_GENERATION.global_seed)
      return execute([call], { ...context, caller: namespaceOwner }).flatMap(({ events }) => events)
    },
    takeChangedRows: rows.takeChanged,
    load: rows.load,
  }
}
