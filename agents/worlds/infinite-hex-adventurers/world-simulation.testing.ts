/**
 * The policy against the game's rules alone, without chain, log or API: a block a round, all bots
 * in turn. Observations are built from the rows that the game writes, as the read models would show
 * them.
 */
import { endingOf } from '../../../commands/command/outcome.ts'
import type { RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { type Felt, feltOfNumber, feltOfShortString } from '../../../domain/felt.ts'
import { type Cube, discAround, packHex, unpackHex } from '../../../domain/hex.ts'
import type { ModelWritten } from '../../../domain/world-stream/world-facts.ts'
import {
  infiniteHexAdventurers,
  type ModelKeys,
  type ModelName,
  type ModelValues,
} from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import {
  immediateClaimBlock,
  minimumClaimOf,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/claim.ts'
import {
  projectedDecay,
  upkeepOf,
} from '../../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import { effectiveEnergy } from '../../../domain/worlds/infinite-hex-adventurers/rules/energy.ts'
import { createGame } from '../../../infra/sandbox/game/create-game.ts'
import { entrypointsOf } from '../../../schemas/worlds/calls.ts'
import { createWorldDecoder } from '../../../schemas/worlds/decode.ts'
import { encodeCalldata } from '../../../schemas/worlds/encode.ts'
import { validateArgs } from '../../../schemas/worlds/validate.ts'
import { createRandom } from '../../random.ts'
import type { Action } from './candidates/candidate.ts'
import { nameOf } from './names.ts'
import type {
  Observation,
  ObservationQuery,
  SeenArea,
  SeenDecay,
  SeenHere,
  SeenHex,
  SeenSelf,
} from './observation.ts'
import { type Persona, personasOf } from './utility/persona.ts'
import {
  afterAction,
  type Bot,
  type BotMemory,
  decide,
  EMPTY_MEMORY,
} from './utility/utility-strategy.ts'

type Row<N extends ModelName> = Readonly<{ keys: ModelKeys<N>; values: ModelValues<N> }>

/** The newest row of every entity, by model. */
const createRows = () => {
  const byModel = new Map<string, Map<string, ModelWritten>>()
  const table = (model: string): Map<string, ModelWritten> => {
    const found = byModel.get(model) ?? new Map<string, ModelWritten>()
    byModel.set(model, found)
    return found
  }
  return {
    write: (type: string, row: ModelWritten): void =>
      void table(type.replace(/Written$/, '')).set(row.entityId, row),
    all: <N extends ModelName>(model: N): readonly Row<N>[] =>
      [...table(model).values()] as unknown as Row<N>[], // decoded by definition
  }
}

type Rows = ReturnType<typeof createRows>

const decayOf = (
  rows: Rows,
  packed: Felt,
  hex: Row<'Hex'> | undefined,
  block: number,
): SeenDecay | null => {
  const found = rows.all('HexDecayState').find(({ keys }) => keys.hex_coordinate === packed)
  if (found === undefined) return null
  const { values } = found
  const biome = hex?.values.biome ?? null
  const state = {
    level: values.decay_level,
    reserve: values.current_energy_reserve,
    lastProcessedBlock: Number(values.last_decay_processed_block),
  }
  const upkeep = upkeepOf(biome)
  const since = values.claimable_since_block === '0' ? null : Number(values.claimable_since_block)
  return {
    ownerId: values.owner_adventurer_id === '0x0' ? null : values.owner_adventurer_id,
    energyReserve: state.reserve,
    level: state.level,
    projectedLevel: projectedDecay(state, biome, block).level,
    lastProcessedBlock: state.lastProcessedBlock,
    upkeepPer100Blocks: upkeep,
    claimableSinceBlock: since,
    minimumClaimEnergy: since === null ? null : minimumClaimOf(upkeep, state.level),
    immediateClaimBlock: since === null ? null : immediateClaimBlock(since),
  }
}

const hexOf = (rows: Rows, packed: Felt, block: number): SeenHex | null => {
  const hex = rows.all('Hex').find(({ keys }) => keys.coordinate === packed)
  const decay = decayOf(rows, packed, hex, block)
  const cube = unpackHex(packed)
  if ((hex === undefined && decay === null) || cube === null) return null
  const escrow = rows
    .all('ClaimEscrow')
    .find(({ values }) => values.hex_coordinate === packed && values.status === 'Active')?.values
  return {
    packed,
    cube,
    isDiscovered: hex?.values.is_discovered ?? false,
    biome: hex?.values.biome ?? null,
    areaCount: hex?.values.area_count ?? null,
    decay,
    claim:
      escrow === undefined
        ? null
        : {
            claimantId: escrow.claimant_adventurer_id,
            energyLocked: escrow.energy_locked,
            expiryBlock: Number(escrow.expiry_block),
          },
  }
}

const areasOf = (rows: Rows, packed: Felt): readonly SeenArea[] =>
  rows
    .all('HexArea')
    .filter(({ values }) => values.hex_coordinate === packed && values.is_discovered)
    .map(({ keys, values }) => {
      const owner = rows
        .all('AreaOwnership')
        .find((row) => row.keys.area_id === keys.area_id)?.values
      const plants = rows.all('PlantNode').filter((row) => row.values.area_id === keys.area_id)
      return {
        id: keys.area_id,
        index: values.area_index,
        type: values.area_type ?? 'Wilderness',
        ownerId:
          owner === undefined || owner.owner_adventurer_id === '0x0'
            ? null
            : owner.owner_adventurer_id,
        plantSlots: values.plant_slot_count,
        plants: plants.map((row) => ({
          slot: row.values.plant_id,
          availableYield: row.values.current_yield - row.values.reserved_yield,
          itemId: '0x0' as const,
        })),
      }
    })

const selfOf = (rows: Rows, account: Felt, block: number): SeenSelf | null => {
  const row = rows.all('Adventurer').find(({ values }) => values.owner === account)
  if (row === undefined) return null
  const id = row.keys.adventurer_id
  const { values } = row
  const economics = rows
    .all('AdventurerEconomics')
    .find(({ keys }) => keys.adventurer_id === id)?.values
  const inventory = rows.all('Inventory').find(({ keys }) => keys.adventurer_id === id)?.values
  const lastRegenBlock = Number(economics?.last_regen_block ?? 0)
  const energy = { energy: values.energy, maxEnergy: values.max_energy, lastRegenBlock }
  const items = rows
    .all('BackpackItem')
    .filter(({ keys, values: { quantity } }) => keys.adventurer_id === id && quantity > 0)
  const reservations = rows
    .all('HarvestReservation')
    .filter((row) => row.values.adventurer_id === id && row.values.status === 'Active')
  return {
    id,
    isAlive: values.is_alive,
    cube: unpackHex(values.current_hex) as Cube, // the game keeps adventurers on valid hexes
    ...energy,
    effectiveEnergy: effectiveEnergy(energy, block),
    lockedUntilBlock: values.activity_locked_until,
    weight: inventory?.current_weight ?? 0,
    maxWeight: inventory?.max_weight ?? 0,
    items: items.map(({ keys, values: { quantity } }) => ({ id: keys.item_id, quantity })),
    reservations: reservations.map(({ values: reservation }) => {
      const plant = rows
        .all('PlantNode')
        .find(({ keys }) => keys.plant_key === reservation.plant_key)?.values
      return {
        hex: plant?.hex_coordinate ?? null,
        areaId: plant?.area_id ?? null,
        plantSlot: plant?.plant_id ?? null,
        readyBlock: Number(reservation.expiry_block),
      }
    }),
  }
}

const observe = (rows: Rows, query: ObservationQuery, block: number): Observation => {
  const self = selfOf(rows, query.account, block)
  const center = self?.cube ?? query.position
  // Discs hold valid hexes.
  const near = discAround(center, query.radius).map((cube) => packHex(cube) as Felt)
  const hexes = [...new Set([...near, ...query.watched])].flatMap(
    (packed) => hexOf(rows, packed, block) ?? [],
  )
  const packed = packHex(center) as Felt // as above
  const nothing = {
    packed,
    cube: center,
    isDiscovered: false,
    biome: null,
    areaCount: null,
    decay: null,
    claim: null,
  }
  const here: SeenHere = {
    ...(hexOf(rows, packed, block) ?? nothing),
    areas: areasOf(rows, packed),
  }
  return { block, self, here, hexes }
}

export type Deed = Readonly<{
  block: number
  bot: number
  action: Action
  accepted: boolean
  why: string
  reason: string
}>

export type Simulation = Readonly<{
  /** Every game event, in order. */
  events: readonly Readonly<{
    block: number
    type: string
    data: Readonly<Record<string, unknown>>
  }>[]
  deeds: readonly Deed[]
  decisions: number
  personas: readonly Persona[]
}>

/** Plays `blocks` rounds with `count` bots. The same seed plays the same game. */
export const simulate = (seed: number, count: number, blocks: number): Simulation => {
  const game = createGame({ namespaceOwner: 1n, seed: BigInt(seed) })
  const decodeEvent = createWorldDecoder(infiniteHexAdventurers)
  const rows = createRows()
  const events: Simulation['events'][number][] = []
  const deeds: Deed[] = []
  let decisions = 0

  const take = (
    emitted: readonly Readonly<{ keys: readonly bigint[]; data: readonly bigint[] }>[],
    block: number,
  ) =>
    emitted.map(({ keys, data }) => {
      const fact = decodeEvent({ keys: keys.map(hex), data: data.map(hex) })
      if (fact.type.endsWith('Written')) rows.write(fact.type, fact.data as unknown as ModelWritten)
      else events.push({ block, type: fact.type, data: fact.data })
      return fact
    })

  const act = (
    account: Felt,
    action: Action,
    block: number,
  ): Readonly<{ accepted: boolean; reason: string }> => {
    const call = entrypointsOf(infiniteHexAdventurers).get(action.entrypoint)
    const valid = validateArgs(infiniteHexAdventurers, action.entrypoint, action.args)
    if (call === undefined || 'rejected' in valid)
      throw new Error(`illegal action ${JSON.stringify(action)}`)
    const calldata = encodeCalldata(infiniteHexAdventurers, action.entrypoint, valid.args).map(
      BigInt,
    )
    const context = { caller: BigInt(account), block, timestamp: block }
    const [result] = game.execute(
      [{ to: BigInt(call.address), selector: BigInt(call.selector), calldata }],
      context,
    )
    const facts = take(result?.events ?? [], block)
    const intent = { entrypoint: action.entrypoint, args: valid.args, account }
    const ending = endingOf(
      infiniteHexAdventurers,
      intent,
      '0x1',
      block,
      facts as unknown as RecordedEvent[],
    ) // type and data are all it reads
    return {
      accepted: ending.step === 'confirm',
      reason: ending.step === 'refuse' ? ending.reason : '',
    }
  }

  take(game.genesis({ caller: 1n, block: 0, timestamp: 0 }), 0)
  const players = personasOf(count).map((persona, index) => ({
    account: feltOfNumber(0xb0 + index),
    bot: { persona, name: feltOfShortString(nameOf(index)) as Felt } satisfies Bot,
    memory: EMPTY_MEMORY as BotMemory,
    wakeBlock: 0,
  }))
  for (let block = 0; block < blocks; block += 1) {
    const chosen = players.map((player, index) => {
      if (player.wakeBlock > block) return null
      decisions += 1
      const { account, memory } = player
      const { adventurerId, position, watched } = memory
      const query = {
        account,
        adventurerId,
        position,
        radius: player.bot.persona.sightRadius,
        watched,
      }
      const decision = decide(
        player.bot,
        observe(rows, query, block),
        memory,
        createRandom(seed, index, block),
      )
      player.memory = decision.memory
      player.wakeBlock = decision.waitUntilBlock
      return decision
    })
    for (const [index, player] of players.entries()) {
      const decision = chosen[index]
      if (!decision?.action) continue
      const { accepted, reason } = act(player.account, decision.action, block + 1)
      player.memory = afterAction(player.memory, decision.action, { accepted, block: block + 1 })
      deeds.push({
        block: block + 1,
        bot: index,
        action: decision.action,
        accepted,
        why: decision.why,
        reason,
      })
    }
  }
  return { events, deeds, decisions, personas: players.map(({ bot }) => bot.persona) }
}

const hex = (felt: bigint): Felt => `0x${felt.toString(16)}`
