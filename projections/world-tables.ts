/**
 * The read models of Infinite Hex Adventurers: which models make up which table. Rows are versioned
 * by position, so each of these tables exists twice: as it is now, and as it was at the end of
 * every block that changed it.
 */
import { FatalError } from '../domain/errors.ts'
import type { Felt } from '../domain/felt.ts'
import type {
  FieldsOf,
  MemberType,
  MemberValue,
  StoredFieldsOf,
} from '../domain/worlds/definition.ts'
import {
  infiniteHexAdventurers,
  type ModelName,
} from '../domain/worlds/infinite-hex-adventurers/definition.ts'
import { harvestItemId } from '../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { compileTable, type Derivation, type TableSpec, type WorldTable } from './engine/table.ts'

type Game = typeof infiniteHexAdventurers

const asBigint = (felt: MemberValue): bigint => {
  if (typeof felt !== 'string') throw new FatalError(`${String(felt)} is not a felt`)
  return BigInt(felt)
}

/**
 * One item type per plant; hashing costs 0.2 ms, so it is done once per plant and not once per
 * read.
 */
const itemOfPlant: Derivation = {
  type: 'felt',
  from: (own) => {
    const plant = own('plant_key')
    return plant === null
      ? null
      : (`0x${harvestItemId(asBigint(plant)).toString(16)}` satisfies Felt)
  },
}

/**
 * An area's own row names its hex. An area that a claim gave to somebody before it was discovered
 * has no such row: its hex is that of the escrow, which the same call wrote just before (game.md
 * §2.11, claim immediate and defend).
 */
const hexOfArea: Derivation = {
  type: 'felt',
  from: (own, lastWritten) => own('hex_coordinate') ?? lastWritten('claims', 'hex_coordinate'),
}

export const worldTableSpecs = {
  hexes: { models: { Hex: {} }, lookup: 'coordinate', hex: 'coordinate', derived: {} },
  hex_decay: {
    models: { HexDecayState: {} },
    lookup: 'hex_coordinate',
    hex: 'hex_coordinate',
    derived: {},
  },
  claims: {
    models: { ClaimEscrow: {} },
    lookup: 'hex_coordinate',
    hex: 'hex_coordinate',
    derived: {},
  },
  areas: {
    models: { HexArea: {}, AreaOwnership: {} },
    lookup: 'hex',
    hex: 'hex',
    derived: { hex: hexOfArea },
  },
  plants: {
    models: { PlantNode: {} },
    lookup: 'hex_coordinate',
    hex: 'hex_coordinate',
    derived: { item_id: itemOfPlant },
  },
  adventurers: {
    models: {
      Adventurer: {},
      AdventurerEconomics: {},
      Inventory: {},
      DeathRecord: { owner: 'owner_at_death' },
    },
    lookup: 'current_hex',
    hex: 'current_hex',
    derived: {},
  },
  backpack_items: { models: { BackpackItem: {} }, lookup: 'adventurer_id', hex: null, derived: {} },
  reservations: {
    models: { HarvestReservation: {} },
    lookup: 'adventurer_id',
    hex: null,
    derived: {},
  },
  conversion_rates: { models: { ConversionRate: {} }, lookup: 'item_type', hex: null, derived: {} },
  regulator_policies: { models: { RegulatorPolicy: {} }, lookup: 'slot', hex: null, derived: {} },
} as const satisfies Readonly<Record<string, TableSpec>>

export type WorldTableName = keyof typeof worldTableSpecs

type Specs = typeof worldTableSpecs

type Renamed<F, R> = { [K in keyof F as K extends keyof R ? R[K] & string : K]: F[K] | null }
type ColumnsOfModel<M extends ModelName, R> = FieldsOf<Game, Game['models'][M]['keys']> &
  Renamed<StoredFieldsOf<Game, Game['models'][M]['values']>, R>
type All<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void
  ? I
  : never
type DerivedColumns<D> = { [K in keyof D]: D[K] extends { type: MemberType } ? Felt | null : never }
type ColumnsOfModels<Ms> = All<{ [M in keyof Ms]: ColumnsOfModel<M & ModelName, Ms[M]> }[keyof Ms]>

/**
 * A row as it is read: columns by name. Values are null where the model has no row; keys are given
 * as never null, because a row without them is found by its entity id alone and comes back from no
 * lookup.
 */
export type WorldRow<T extends WorldTableName> = ColumnsOfModels<Specs[T]['models']> &
  DerivedColumns<Specs[T]['derived']>

const tables = Object.entries<TableSpec>(worldTableSpecs).map(([name, spec]) =>
  compileTable(infiniteHexAdventurers, name, spec),
)

/** The tables, compiled, in the order of their definition. */
export const worldTables: readonly WorldTable[] = tables

/** One table by name. */
export const worldTable = (name: WorldTableName): WorldTable => {
  const found = tables.find((table) => table.name === name)
  if (found === undefined) throw new FatalError(`There is no table ${name}`)
  return found
}
