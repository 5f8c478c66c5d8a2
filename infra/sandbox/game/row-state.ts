/**
 * The rows of the world in memory, by model and keys, as the World contract's storage holds them: a
 * row that was never written reads as zeros. Every write is journalled, so that a transaction can
 * be taken back to any earlier point.
 */
import { FatalError } from '../../../domain/errors.ts'
import {
  infiniteHexAdventurers,
  type ModelName,
} from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { poseidonOfSpan } from '../../../schemas/crypto/starknet.ts'
import { createGenerationCache } from '../../../schemas/worlds/generation-cache.ts'
import { selectorsOf } from '../../../schemas/worlds/selectors.ts'
import type { StoredRow } from '../chain/game.ts'
import {
  decodeRowKeys,
  decodeRowValues,
  encodeRowKeys,
  encodeRowValues,
  type RowKeysOf,
  type RowOf,
  unwrittenRow,
} from './row-codec.ts'

/** A written row: what the rules see, and the felts that are stored. */
type Version = Readonly<{ row: unknown; values: readonly bigint[] }>

/**
 * The place of a row. `version` is null until it is written, and again when that write is taken
 * back.
 */
type Cell = {
  readonly model: ModelName
  readonly entityId: bigint
  readonly keys: readonly bigint[]
  version: Version | null
  isChanged: boolean
}

/** A write in felts, for the event that it emits. */
export type RowWrite = Readonly<{
  entityId: bigint
  keys: readonly bigint[]
  values: readonly bigint[]
}>

export type RowState = Readonly<{
  read: <M extends ModelName>(model: M, keys: RowKeysOf<M>) => RowOf<M>
  write: <M extends ModelName>(model: M, keys: RowKeysOf<M>, row: RowOf<M>) => RowWrite
  /** Stored values of an entity, one felt per member; null when it was never written. */
  valuesOf: (model: ModelName, entityId: bigint) => readonly bigint[] | null
  /** The present point of the journal, to roll back to. */
  mark: () => number
  /** Takes back every write after the mark. */
  rollBack: (mark: number) => void
  /** Keeps the writes for good: they become changed rows, and can no longer be taken back. */
  commit: () => void
  /** Rows committed since the last call, in first-change order, with their latest values. */
  takeChanged: () => readonly StoredRow[]
  /** Puts rows back that were taken before; they do not count as changed. */
  load: (rows: Iterable<StoredRow>) => void
}>

/**
 * Rows of several models stand under the same keys, and are mostly written first in one
 * transaction.
 */
const ENTITY_IDS_MAX = 1 << 12

/** The rows of one model, under their keys and under the hash of these. */
type Table = Readonly<{
  selector: bigint
  unwritten: unknown
  byKeys: Map<bigint | string, Cell>
  byEntity: Map<bigint, Cell>
}>

/** Keys as the key of a map. */
const placeOf = (keys: readonly bigint[]): bigint | string => {
  const [first] = keys
  return keys.length === 1 && first !== undefined
    ? first
    : keys.map((key) => key.toString(16)).join()
}

const isModelName = (name: string): name is ModelName =>
  Object.hasOwn(infiniteHexAdventurers.models, name)

const createTables = (): ReadonlyMap<ModelName, Table> => {
  const models = Object.entries(selectorsOf(infiniteHexAdventurers).models)
  return new Map(
    models.map(([model, selector]): [ModelName, Table] => {
      if (!isModelName(model))
        throw new FatalError(`A selector is of "${model}", which is no model`)
      const unwritten = unwrittenRow(model)
      const maps = { byKeys: new Map(), byEntity: new Map() }
      return [model, { selector: BigInt(selector), unwritten, ...maps }]
    }),
  )
}

/** The places of all rows that were ever written. */
const createCells = () => {
  const tables = createTables()
  // There is a table for every name of a model.
  const tableOf = (model: ModelName): Table => tables.get(model) as Table
  return {
    tableOf,
    add: (model: ModelName, entityId: bigint, keys: readonly bigint[]): Cell => {
      const { byEntity, byKeys } = tableOf(model)
      const cell: Cell = { model, entityId, keys, version: null, isChanged: false }
      byKeys.set(placeOf(keys), cell)
      byEntity.set(entityId, cell)
      return cell
    },
    remove: ({ entityId, keys, model }: Cell): void => {
      const { byEntity, byKeys } = tableOf(model)
      byKeys.delete(placeOf(keys))
      byEntity.delete(entityId)
    },
  }
}

/** Writes that can be taken back, and the cells whose changes were kept since the last look. */
const createJournal = (remove: (cell: Cell) => void) => {
  let journal: Readonly<{ cell: Cell; before: Version | null }>[] = []
  let changed: Cell[] = []
  return {
    write: (cell: Cell, version: Version): void => {
      journal.push({ cell, before: cell.version })
      cell.version = version
    },
    mark: (): number => journal.length,
    rollBack: (mark: number): void => {
      for (const { cell, before } of journal.splice(mark).reverse()) {
        cell.version = before
        if (before === null) remove(cell)
      }
    },
    commit: (): void => {
      for (const { cell } of journal) {
        if (cell.isChanged) continue
        cell.isChanged = true
        changed.push(cell)
      }
      journal = []
    },
    takeChanged: (): readonly Cell[] => {
      const taken = changed
      changed = []
      for (const cell of taken) cell.isChanged = false
      return taken
    },
  }
}

export const createRowState = (): RowState => {
  const { tableOf, add, remove } = createCells()
  const { write: journalled, takeChanged, ...journal } = createJournal(remove)
  const entityIds = createGenerationCache<bigint | string, bigint>(ENTITY_IDS_MAX)

  const read = <M extends ModelName>(model: M, keys: RowKeysOf<M>): RowOf<M> => {
    const { byKeys, unwritten } = tableOf(model)
    const version = byKeys.get(placeOf(encodeRowKeys(model, keys)))?.version
    // A model's table holds only its own rows.
    return (version ? version.row : unwritten) as RowOf<M>
  }

  const write = <M extends ModelName>(model: M, keys: RowKeysOf<M>, row: RowOf<M>): RowWrite => {
    const keyFelts = encodeRowKeys(model, keys)
    const values = encodeRowValues(model, row)
    const place = placeOf(keyFelts)
    const cell =
      tableOf(model).byKeys.get(place) ??
      add(
        model,
        entityIds(place, () => poseidonOfSpan(keyFelts)),
        keyFelts,
      )
    journalled(cell, { row, values })
    return { entityId: cell.entityId, keys: cell.keys, values }
  }

  const storedRow = ({ model, entityId, keys, version }: Cell): StoredRow => {
    if (version === null) throw new FatalError(`A changed row of ${model} was never written`)
    const { selector: modelSelector } = tableOf(model)
    return { model, modelSelector, entityId, keys, values: version.values }
  }

  const load = (rows: Iterable<StoredRow>): void => {
    for (const { model, keys, entityId, values } of rows) {
      if (!isModelName(model))
        throw new FatalError(`A stored row is of "${model}", which is no model of the world`)
      decodeRowKeys(model, keys)
      const cell = tableOf(model).byEntity.get(entityId) ?? add(model, entityId, keys)
      cell.version = { row: decodeRowValues(model, values), values }
    }
  }

  return {
    read,
    write,
    valuesOf: (model, entityId) => tableOf(model).byEntity.get(entityId)?.version?.values ?? null,
    takeChanged: () => takeChanged().map(storedRow),
    load,
    ...journal,
  }
}
