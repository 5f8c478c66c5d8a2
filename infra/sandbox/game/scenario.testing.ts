/**
 * Support for tests of the game's rules: rows to begin with, calls on them, and what the calls
 * wrote and emitted, in plain fields.
 */
import type { Members } from '../../../domain/worlds/definition.ts'
import {
  type ContractName,
  type EntrypointName,
  type EventName,
  infiniteHexAdventurers,
  type ModelName,
} from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { poseidonOfSpan } from '../../../schemas/crypto/starknet.ts'
import { entrypointSelector, selectorsOf } from '../../../schemas/worlds/selectors.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import type { CallContext, EmittedEvent, Game } from '../chain/game.ts'
import { callOf } from '../population/deed.ts'
import { createGame, type GameOptions } from './create-game.ts'
import { modelLayout } from './model-layout.ts'
import {
  type CallRowOf,
  decodeArguments,
  decodeRowValues,
  encodeRowKeys,
  encodeRowValues,
  type RowKeysOf,
  type RowOf,
  unwrittenRow,
} from './row-codec.ts'

export const OPERATOR = 0x0b0en
export const ALICE = 0xa11cen
export const BOB = 0xb0bn

const DEFINITION = infiniteHexAdventurers
const SELECTORS = selectorsOf(DEFINITION)
const named = <N extends string>(
  selectors: Readonly<Record<string, string>>,
): ReadonlyMap<bigint, N> =>
  // Selectors are derived for exactly the names of the definition.
  new Map(Object.entries(selectors).map(([name, selector]) => [BigInt(selector), name as N]))
const MODELS = named<ModelName>(SELECTORS.models)
const EVENTS = named<EventName>(SELECTORS.events)

const selectorOf = (model: ModelName): bigint => BigInt(SELECTORS.models[model] as string) // derived from the same models

/** A write (`Model`) or an event (`*Event`), with all its fields. */
export type Emitted = Readonly<{ name: string; fields: Readonly<Record<string, unknown>> }>

const fieldsOf = (
  members: Members,
  felts: readonly bigint[],
): Readonly<Record<string, unknown>> => {
  const decoded = decodeArguments(members, felts)
  if (!('fields' in decoded)) throw new Error(`Felt ${decoded.failedAt} does not decode`)
  return decoded.fields
}

/** Fields of an emitted event, from its felts alone. */
export const decodeEmitted = ({ keys, data }: EmittedEvent): Emitted => {
  const [, selector = 0n] = keys
  const keyCount = Number(data[0])
  const keyFelts = data.slice(1, 1 + keyCount)
  const valueFelts = data.slice(2 + keyCount)
  const model = MODELS.get(selector)
  if (model !== undefined) {
    const { keys: members } = DEFINITION.models[model]
    return {
      name: model,
      fields: { ...fieldsOf(members, keyFelts), ...decodeRowValues(model, valueFelts) },
    }
  }
  const event = EVENTS.get(selector)
  if (event === undefined) throw new Error(`Selector ${selector.toString(16)} is not of the world`)
  const { keys: keyMembers, values } = DEFINITION.events[event]
  return {
    name: `*${event}`,
    fields: { ...fieldsOf(keyMembers, keyFelts), ...fieldsOf(values, valueFelts) },
  }
}

/** A felt among the fields of an emission; throws when the field is none. */
export const feltIn = ({ name, fields }: Emitted, field: string): bigint => {
  const value = fields[field]
  if (typeof value !== 'bigint')
    throw new Error(`${field} of ${name} is ${value}, which is no felt`)
  return value
}

/** A small number among the fields of an emission; throws when the field is none. */
export const numberIn = ({ name, fields }: Emitted, field: string): number => {
  const value = fields[field]
  if (typeof value !== 'number')
    throw new Error(`${field} of ${name} is ${value}, which is no number`)
  return value
}

/** When and by whom a call is made. */
export type At = Readonly<{ block: number; by?: bigint }>

export const contextOf = ({ block, by = ALICE }: At): CallContext => ({
  caller: by,
  block,
  timestamp: 1_700_000_000,
})

export type Outcome = Readonly<{
  returned: readonly bigint[]
  emitted: readonly Emitted[]
  /** Names of what was emitted, in order; events with a star. */
  order: readonly string[]
  /** Fields of the one emission with this name; fails unless there is exactly one. */
  the: (name: string) => Readonly<Record<string, unknown>>
}>

export type Scenario = Readonly<{
  game: Game
  /** Puts a row in place; missing fields are as in a row that was never written. */
  given: <M extends ModelName>(model: M, keys: RowKeysOf<M>, fields: Partial<RowOf<M>>) => void
  call: <E extends EntrypointName>(entrypoint: E, args: CallRowOf<E>, at: At) => Outcome
  /** What a view of a system contract answers. */
  view: (
    contract: ContractName,
    view: string,
    calldata: readonly bigint[],
    at: At,
  ) => readonly bigint[]
  /** A row as the World's `entity` view answers it. */
  row: <M extends ModelName>(model: M, keys: RowKeysOf<M>) => RowOf<M>
}>

export const createScenario = (options: Partial<GameOptions> = {}): Scenario => {
  const game = createGame({ namespaceOwner: OPERATOR, ...options })
  game.genesis(contextOf({ block: 0 }))
  return {
    game,
    given: (model, keys, fields) => {
      const keyFelts = encodeRowKeys(model, keys)
      const values = encodeRowValues(model, { ...unwrittenRow(model), ...fields })
      const modelSelector = selectorOf(model)
      game.load([
        { model, modelSelector, entityId: poseidonOfSpan(keyFelts), keys: keyFelts, values },
      ])
    },
    call: (entrypoint, args, at) => {
      const [result] = game.execute([callOf(entrypoint, args)], contextOf(at))
      if (result === undefined) throw new Error('One call has one result')
      const emitted = result.events.map(decodeEmitted)
      const the = (name: string): Emitted['fields'] => {
        const [found, ...more] = emitted.filter((candidate) => candidate.name === name)
        if (found === undefined || more.length > 0)
          throw new Error(`not one ${name} in ${emitted.map((e) => e.name).join(' ')}`)
        return found.fields
      }
      return { returned: result.returned, emitted, order: emitted.map(({ name }) => name), the }
    },
    view: (contract, view, calldata, at) => {
      const to = BigInt(DEFINITION.contracts[contract].address)
      return game.view({ to, selector: BigInt(entrypointSelector(view)), calldata }, contextOf(at))
    },
    row: (model, keys) => {
      const keyFelts = encodeRowKeys(model, keys)
      const layout = modelLayout(DEFINITION, DEFINITION.models[model].values)
      const calldata = [selectorOf(model), 0n, BigInt(keyFelts.length), ...keyFelts, ...layout]
      const call = {
        to: BigInt(DEFINITION.worldAddress),
        selector: BigInt(entrypointSelector('entity')),
        calldata,
      }
      return decodeRowValues(model, game.view(call, contextOf({ block: 0 })).slice(1))
    },
  }
}

/** A living adventurer with its rows of energy and weight, as most scenarios need it. */
export const givenAdventurer = (
  { given }: Scenario,
  id: bigint,
  fields: Readonly<{
    adventurer?: Partial<RowOf<'Adventurer'>>
    economics?: Partial<RowOf<'AdventurerEconomics'>>
    weight?: number
  }> = {},
): void => {
  const energy = fields.adventurer?.energy ?? 100
  given(
    'Adventurer',
    { adventurer_id: id },
    {
      owner: ALICE,
      name: shortString('Ada'),
      energy,
      max_energy: 100,
      current_hex: ORIGIN_HEX,
      is_alive: true,
      ...fields.adventurer,
    },
  )
  given(
    'AdventurerEconomics',
    { adventurer_id: id },
    { energy_balance: energy, ...fields.economics },
  )
  given('Inventory', { adventurer_id: id }, { current_weight: fields.weight ?? 0, max_weight: 750 })
}

export const ORIGIN_HEX = 0x4000020000100000n
/** The neighbour in direction 0, an Oasis in the live world. */
export const OASIS_HEX = 0x400005fffff00000n

/**
 * Energy rows as the game's reference writes them: energy, and (balance, spent, earned, last
 * regeneration).
 */
export const energyOf = (
  { row }: Scenario,
  id: bigint,
): readonly [number, readonly [number, number, number, number]] => {
  const economics = row('AdventurerEconomics', { adventurer_id: id })
  return [
    row('Adventurer', { adventurer_id: id }).energy,
    [
      economics.energy_balance,
      Number(economics.total_energy_spent),
      Number(economics.total_energy_earned),
      Number(economics.last_regen_block),
    ],
  ]
}

/** Decay row: owner, reserve, payment block, processed block, level, claimable since. */
export const decayOf = (
  { row }: Scenario,
  hex: bigint,
): readonly [bigint, number, number, number, number, number] => {
  const decay = row('HexDecayState', { hex_coordinate: hex })
  return [
    decay.owner_adventurer_id,
    decay.current_energy_reserve,
    Number(decay.last_energy_payment_block),
    Number(decay.last_decay_processed_block),
    decay.decay_level,
    Number(decay.claimable_since_block),
  ]
}
