/**
 * A generated world for the dashboard's tests and screenshots: the same for the same seed. It keeps
 * the shape of the API's answers, not the rules of the game; blocks are made by `step`.
 */

import type { JsonObject } from '../../domain/event-log/event-log.ts'
import { type Felt, feltOfNumber, feltOfShortString } from '../../domain/felt.ts'
import {
  type Axial,
  axialOfCube,
  cubeOfAxial,
  hexDistance,
  neighboursOf,
} from '../../domain/hex.ts'
import type { AreaType, Biome } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { upkeepOf } from '../../domain/worlds/infinite-hex-adventurers/rules/decay.ts'
import {
  blankHex,
  type SizeCategory,
} from '../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { placeOf } from './state/place.ts'
import type { FeedEvent, HexPlace, MapAdventurer, MapArea, MapHex } from './state/world-types.ts'

export type FixtureOptions = Readonly<{
  hexes: number
  adventurers: number
  seed: number
  hostileName?: string
}>

/** One changed hex at a position; what a subscription tells. */
export type FixtureChange = Readonly<{ position: number; block: number; place: HexPlace }>

type Draft = { -readonly [K in keyof MapHex]: MapHex[K] }
type Person = { -readonly [K in keyof MapAdventurer]: MapAdventurer[K] } & { place: HexPlace }

const BLOCK_MS = 500
const START_BLOCK = 6_000
const NAMES = (
  'Mirel Oskar Tamsin Ibrahim Yuki Branwen Cato Dalia Eskil Farah Gideon Hana ' +
  'Ingrid Jarek Kaveh Liv Maren Nadir Orla Pavel Quill Rosalind Sunniva Tobias'
).split(' ')
const SIZES: readonly SizeCategory[] = ['Small', 'Medium', 'Large']
const SPECIES: Readonly<Partial<Record<Biome, string>>> = {
  Forest: 'HERB',
  Plains: 'GRAIN',
  Oasis: 'DATEP',
  Coast: 'KELP',
}

/** Mulberry32: uniform numbers in 0 … 1 from a 32-bit seed. */
const seeded = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export class FixtureWorld {
  readonly hexes = new Map<string, Draft>()
  readonly people = new Map<Felt, Person>()
  readonly events: FeedEvent[] = []
  readonly changes: FixtureChange[] = []
  readonly #random: () => number
  readonly #listeners = new Set<() => void>()
  readonly #travels: { block: number; id: string; place: HexPlace }[] = []
  readonly #startedAt = Date.now() - 45 * BLOCK_MS
  readonly #times = new Map<number, number>()
  block = START_BLOCK
  position = 1_000

  constructor(options: FixtureOptions) {
    this.#random = seeded(options.seed)
    this.#grow(options.hexes)
    this.#settle(options)
    for (const hex of this.hexes.values()) hex.adventurers = this.#standingAt(hex.coordinate.packed)
    if (options.hexes > 0) for (let made = 0; made < 40; made++) this.step()
  }

  /** Called after each block until the returned function is. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Makes a block of a few random events. */
  step(): void {
    this.block += 1
    this.#times.set(
      this.block,
      this.block < START_BLOCK + 41
        ? this.#startedAt + (this.block - START_BLOCK) * BLOCK_MS
        : Date.now(),
    )
    const people = [...this.people.values()].filter(({ isAlive }) => isAlive)
    for (let at = 0; at < Math.min(6, 1 + people.length / 20); at++) {
      const person = people[Math.floor(this.#random() * people.length)]
      if (person !== undefined) this.#act(person)
    }
    this.#notify()
  }

  timeOf(block: number): string {
    return new Date(
      this.#times.get(block) ?? this.#startedAt - (START_BLOCK - block) * BLOCK_MS,
    ).toISOString()
  }

  /** A hex as of a block: later discoveries and journeys are taken back. */
  hexAt(packed: string, block: number | null): MapHex | null {
    const hex = this.hexes.get(packed)
    if (hex === undefined) return null
    if (block === null) return hex
    if ((hex.discoveryBlock ?? 0) > block) return null
    return {
      ...hex,
      adventurers: hex.adventurers.filter(({ id }) => this.#placeAt(id, block) === packed),
    }
  }

  move(id: Felt, to: Axial): void {
    const person = this.people.get(id)
    if (person === undefined) return
    const from = person.place
    person.place = placeOf(to)
    person.energy = Math.max(0, person.energy - 15)
    person.effectiveEnergy = person.energy
    this.#travels.push({ block: this.block, id, place: person.place })
    this.#touch(from.packed)
    this.#touch(person.place.packed)
    this.tell(
      'AdventurerMoved',
      { adventurer_id: id, from: from.packed, to: person.place.packed },
      person.place,
      id,
    )
  }

  discover(id: Felt, place: Axial): void {
    const hex = this.#create(place, this.block)
    this.#touch(hex.coordinate.packed)
    this.tell(
      'HexDiscovered',
      { hex: hex.coordinate.packed, biome: hex.biome, discoverer: '0xacc' },
      hex.coordinate,
      id,
    )
  }

  tell(type: string, data: JsonObject, hex: HexPlace | null, adventurerId: Felt | null): void {
    this.position += 1
    const block = { number: this.block, time: this.timeOf(this.block) }
    const transaction = feltOfNumber(this.position * 7919)
    this.events.push({
      id: String(this.position),
      position: this.position,
      type,
      data,
      block,
      transaction,
      hex,
      adventurerId,
    })
  }

  /** Ends a block outside of `step`. */
  flush(): void {
    this.block += 1
    this.#notify()
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  #grow(count: number): void {
    const frontier: Axial[] = count > 0 ? [{ q: 0, r: 0 }] : []
    while (this.hexes.size < count) {
      // Mostly the oldest of the frontier, so that the world stays round; at times any, so that it
      // has arms.
      const at = this.#random() < 0.7 ? 0 : Math.floor(this.#random() * frontier.length)
      const [place] = frontier.splice(Math.min(at, 4_000), 1)
      if (place === undefined) break
      if (this.hexes.has(placeOf(place).packed)) continue
      this.#create(place, 1 + Math.floor((this.hexes.size / count) * START_BLOCK * 0.98))
      frontier.push(
        ...neighboursOf(cubeOfAxial(place))
          .map(axialOfCube)
          .filter(() => this.#random() < 0.55),
      )
      if (frontier.length === 0) frontier.push({ q: place.q + 1, r: place.r })
    }
  }

  #create(place: Axial, discoveryBlock: number): Draft {
    const biomes = infiniteHexAdventurers.enums.Biome
    const biome = biomes[1 + Math.floor(this.#random() * 20)] ?? 'Plains'
    const coordinate = placeOf(place)
    const areaCount = 3 + Math.floor(this.#random() * 4)
    const known = Math.floor(this.#random() * (areaCount + 1))
    const hex: Draft = {
      ...blankHex(coordinate),
      isDiscovered: true,
      biome,
      discoveryBlock,
      areaCount,
      areas: Array.from({ length: known }, (_, index) => this.#area(coordinate, biome, index)),
    }
    this.hexes.set(coordinate.packed, hex)
    return hex
  }

  #area({ packed }: HexPlace, biome: Biome, index: number): MapArea {
    const types: readonly AreaType[] = ['PlantField', 'MineField', 'PlantField', 'Wilderness']
    const type = index === 0 ? 'Control' : (types[Math.floor(this.#random() * 4)] ?? 'Wilderness')
    const plantSlots = 5 + Math.floor(this.#random() * 4)
    const examined = type === 'PlantField' ? Math.floor(this.#random() * plantSlots) : 0
    return {
      id: feltOfNumber(Number(BigInt(packed) % 999_983n) * 8 + index),
      index,
      type,
      isDiscovered: true,
      quality: 30 + Math.floor(this.#random() * 70),
      size: SIZES[Math.floor(this.#random() * 3)] ?? 'Small',
      plantSlots,
      ownerId: null,
      plants: Array.from({ length: examined }, (_, slot) => {
        const maxYield = 35 + Math.floor(this.#random() * 45)
        const currentYield = Math.floor(maxYield * this.#random())
        return { slot, species: SPECIES[biome] ?? 'MOSS', currentYield, reservedYield: 0, maxYield }
      }),
    }
  }

  /** People, each with a territory around a seat of its own. */
  #settle({ adventurers, hostileName }: FixtureOptions): void {
    const all = [...this.hexes.values()]
    for (let number = 0; number < adventurers; number++) {
      const seat =
        all[Math.floor(this.#random() * all.length)]?.coordinate ?? placeOf({ q: 0, r: 0 })
      const id = feltOfNumber(0xa0000000 + number * 7_654_321)
      const plain = `${NAMES[number % NAMES.length]}${number < NAMES.length ? '' : ` ${Math.floor(number / NAMES.length) + 1}`}`
      const energy = Math.floor(this.#random() * 101)
      this.people.set(id, {
        id,
        owner: '0xacc',
        name: number === 0 && hostileName !== undefined ? hostileName : plain,
        energy,
        effectiveEnergy: energy,
        maxEnergy: 100,
        lockedUntilBlock: '0',
        isAlive: number % 17 !== 16,
        place: seat,
      })
      if (number % 3 !== 2)
        this.#hold(
          id,
          seat,
          3 + Math.floor(this.#random() ** 2 * (6 + all.length / (adventurers * 4))),
        )
    }
  }

  #hold(ownerId: Felt, seat: HexPlace, count: number): void {
    const frontier: HexPlace[] = [seat]
    const reserve = Math.floor(this.#random() * 400)
    for (let held = 0; held < count && frontier.length > 0; ) {
      const [place] = frontier.splice(Math.floor(this.#random() * Math.min(4, frontier.length)), 1)
      const hex = place === undefined ? undefined : this.hexes.get(place.packed)
      if (hex === undefined || hex.decay !== null) continue
      const neglected = this.#random() < 0.22
      const level = neglected ? Math.floor(this.#random() * 101) : 0
      hex.decay = {
        ownerId,
        energyReserve: neglected ? 0 : reserve,
        level,
        upkeepPer100Blocks: upkeepOf(hex.biome),
        lastPaymentBlock: START_BLOCK - 200,
        lastProcessedBlock: START_BLOCK - Math.floor(this.#random() * 90),
        claimableSinceBlock: level >= 80 ? START_BLOCK - Math.floor(this.#random() * 700) : null,
      }
      hex.areas = hex.areas.map((area) => ({ ...area, ownerId }))
      if (level >= 92) {
        hex.claim = {
          claimantId: feltOfNumber(0xa0000000),
          energyLocked: 58,
          createdBlock: START_BLOCK,
          expiryBlock: START_BLOCK + 140,
        }
      }
      held += 1
      frontier.push(
        ...neighboursOf(cubeOfAxial(hex.coordinate)).map((cube) => placeOf(axialOfCube(cube))),
      )
    }
  }

  #act(person: Person): void {
    const around = neighboursOf(cubeOfAxial(person.place)).map(axialOfCube)
    const target = around[Math.floor(this.#random() * around.length)] ?? { q: 0, r: 0 }
    const roll = this.#random()
    const here = this.hexes.get(person.place.packed)
    if (!this.hexes.has(placeOf(target).packed)) {
      if (roll < 0.75) this.discover(person.id, target)
    } else if (roll < 0.5) {
      this.move(person.id, target)
    } else if (roll < 0.6) {
      this.tell(
        'WorldActionRejected',
        {
          adventurer_id: person.id,
          action: feltOfShortString('MOVE'),
          target: placeOf(target).packed,
          reason: feltOfShortString('LOW_ENERGY'),
        },
        person.place,
        person.id,
      )
    } else if (roll < 0.75) {
      this.tell(
        'ItemsConverted',
        {
          adventurer_id: person.id,
          item_id: feltOfShortString('ORE_IRON'),
          quantity: 4,
          energy_gained: 38,
        },
        person.place,
        person.id,
      )
    } else if (here?.decay) {
      here.decay = { ...here.decay, energyReserve: here.decay.energyReserve + 20 }
      this.#touch(person.place.packed)
      this.tell(
        'HexEnergyPaid',
        { hex: person.place.packed, payer: person.id, amount: 20 },
        person.place,
        person.id,
      )
    } else {
      this.tell(
        'HarvestingCompleted',
        {
          adventurer_id: person.id,
          hex: person.place.packed,
          area_id: '0x1',
          plant_id: 0,
          actual_yield: 12,
        },
        person.place,
        person.id,
      )
    }
  }

  #touch(packed: string): void {
    const hex = this.hexes.get(packed)
    if (hex === undefined) return
    this.hexes.set(packed, { ...hex, adventurers: this.#standingAt(packed) })
    this.position += 1
    this.changes.push({ position: this.position, block: this.block, place: hex.coordinate })
  }

  #standingAt(packed: string): Person[] {
    return [...this.people.values()].filter(({ place }) => place.packed === packed)
  }

  #placeAt(id: Felt, block: number): string | null {
    const before = this.#travels
      .filter((travel) => travel.id === id && travel.block <= block)
      .at(-1)
    return before?.place.packed ?? this.people.get(id)?.place.packed ?? null
  }
}

/** Whether a place lies within steps of a centre. */
export const isWithin = (place: Axial, center: Axial, radius: number): boolean =>
  hexDistance(cubeOfAxial(place), cubeOfAxial(center)) <= radius
