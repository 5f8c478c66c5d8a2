/**
 * A log of plausible play for benchmarks: adventurers discover, move, harvest and convert, about 50
 * facts a block, with payloads of the game's size. Entity ids are made up; nothing here reads them
 * as hashes.
 */
import { createHash } from 'node:crypto'
import type { EventLog, JsonObject, RecordedEvent } from '../../../domain/event-log/event-log.ts'
import type { Felt } from '../../../domain/felt.ts'
import { packHex } from '../../../domain/hex.ts'
import { blockOf } from '../../../projections/worlds/infinite-hex-adventurers/world-blocks.testing.ts'
import { zeros } from '../../../projections/worlds/infinite-hex-adventurers/world-facts.testing.ts'

type Fact = Readonly<{ type: string; data: JsonObject; transaction: number }>

const FACTS_PER_BLOCK = 50
const ADVENTURERS = 200

const feltLike = (text: string): Felt =>
  `0x${createHash('sha256').update(text).digest('hex').slice(2)}`

/** A small linear congruential generator: the same play every time. */
const createDice = (seed: number): ((sides: number) => number) => {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

/** Hexes in a spiral of squares: the n-th is always the same, and near ones are near. */
const hexAt = (at: number): Felt => {
  const q = (at % 300) - 150
  const r = Math.floor(at / 300)
  return packHex({ x: q, y: -q - r, z: r }) as Felt // a few hundred from the origin
}

type Write = (model: string, keys: Record<string, string>, values: JsonObject) => void

/** About `events` recorded events of a world's stream, in pages of a thousand. */
export const playedWorld = (events: number, stream: string): RecordedEvent[] => {
  const dice = createDice(7)
  const recorded: RecordedEvent[] = []
  let hexes = 0
  for (let block = 1; recorded.length < events; block += 1) {
    const facts: Fact[] = []
    for (let transaction = 1; facts.length < FACTS_PER_BLOCK; transaction += 1) {
      hexes += act({ dice, block, hexes, transaction, facts })
    }
    for (const event of blockOf(block, facts)) {
      const revision = recorded.length
      recorded.push({ ...event, stream, revision, logPosition: revision, recordedAt: new Date(0) })
    }
  }
  return recorded
}

type Turn = Readonly<{
  dice: (sides: number) => number
  block: number
  /** Discovered so far. */
  hexes: number
  transaction: number
  /** Of the block; what happens is added to them. */
  facts: Fact[]
}>

/** One transaction of a random adventurer; returns how many hexes it discovered. */
const act = ({ dice, block, hexes, transaction, facts }: Turn): number => {
  const actor = feltLike(`adventurer ${dice(ADVENTURERS)}`)
  const hex = hexAt(hexes === 0 ? 0 : dice(hexes))
  const write: Write = (model, keys, values) => {
    const entityId = feltLike(`entity ${Object.values(keys).join()}`)
    facts.push({
      type: `${model}Written`,
      data: { entityId, keys, values: { ...zeros(model), ...values } },
      transaction,
    })
  }
  const emit = (type: string, data: JsonObject): void =>
    void facts.push({ type, data, transaction })
  const actorRow = {
    owner: feltLike('account'),
    name: '0x6d6961',
    energy: dice(100),
    max_energy: 100,
    is_alive: true,
  }
  write('Adventurer', { adventurer_id: actor }, { ...actorRow, current_hex: hex })
  const kind = dice(10)
  if (kind < 3) {
    emit('AdventurerMoved', { adventurer_id: actor, from: hexAt(dice(hexes + 1)), to: hex })
    return 0
  }
  if (kind < 6) {
    const found = hexAt(hexes)
    write(
      'Hex',
      { coordinate: found },
      { biome: 'Forest', is_discovered: true, discovery_block: `${block}`, area_count: 4 },
    )
    emit('HexDiscovered', { hex: found, biome: 'Forest', discoverer: feltLike('account') })
    const area = feltLike(`area ${found}`)
    write(
      'HexArea',
      { area_id: area },
      {
        hex_coordinate: found,
        area_type: 'PlantField',
        is_discovered: true,
        size_category: 'Small',
      },
    )
    write(
      'AreaOwnership',
      { area_id: area },
      { owner_adventurer_id: actor, discoverer_adventurer_id: actor },
    )
    emit('AreaDiscovered', {
      area_id: area,
      hex: found,
      area_type: 'PlantField',
      discoverer: feltLike('account'),
    })
    write(
      'HexDecayState',
      { hex_coordinate: found },
      { owner_adventurer_id: actor, current_energy_reserve: dice(90) },
    )
    return 1
  }
  const plant = feltLike(`plant ${hex} ${dice(3)}`)
  write(
    'AdventurerEconomics',
    { adventurer_id: actor },
    { energy_balance: dice(100), last_regen_block: `${block}` },
  )
  if (kind < 8) {
    write(
      'PlantNode',
      { plant_key: plant },
      { hex_coordinate: hex, area_id: feltLike(`area ${hex}`), current_yield: dice(50) },
    )
    write(
      'HarvestReservation',
      { reservation_id: feltLike(`${actor} ${plant}`) },
      { adventurer_id: actor, plant_key: plant, reserved_amount: dice(9), status: 'Active' },
    )
    emit('HarvestingStarted', {
      adventurer_id: actor,
      hex,
      area_id: feltLike(`area ${hex}`),
      plant_id: 1,
      amount: 3,
      eta: `${block}`,
    })
    return 0
  }
  write('Inventory', { adventurer_id: actor }, { current_weight: dice(700), max_weight: 750 })
  write(
    'BackpackItem',
    { adventurer_id: actor, item_id: plant },
    { quantity: dice(40), quality: 98, weight_per_unit: 1 },
  )
  write(
    'ConversionRate',
    { item_type: plant },
    {
      current_rate: 10,
      base_rate: 10,
      last_update_block: `${block}`,
      units_converted_in_window: dice(90),
    },
  )
  emit('ItemsConverted', { adventurer_id: actor, item_id: plant, quantity: 3, energy_gained: 30 })
  return 0
}

/** A log that holds nothing but these events and ends when they end. */
export const logOf = (events: readonly RecordedEvent[]): Pick<EventLog, 'subscribe' | 'head'> => ({
  head: async () => events.length - 1,
  async *subscribe(_, after, signal) {
    for (let at = after + 1; at < events.length && !signal.aborted; at += 1_000) {
      yield { kind: 'events', events: events.slice(at, at + 1_000) }
    }
    yield { kind: 'caughtUp', position: events.length - 1 }
  },
})
