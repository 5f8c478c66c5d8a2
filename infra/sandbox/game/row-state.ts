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

const createTables = (): ReadonlyMap<ModelName, Table> => {
  const selectors = selectorsOf(infiniteHexAdventurers).models
  return new Map(
    (Object.keys(infiniteHexAdventurers.models) as ModelName[]).map((model) => {
      const selector = BigInt(selectors[model] as string) // derived from the same models
      return [
        model,
        { selector, unwritten: unwrittenRow(model), byKeys: new Map(), byEntity: new Map() },
      ]
    }),
  )
}

export const createRowState = (): RowState => {
  const tables = createTables()
  const entityIds = createGenerationCache<bigint | string, bigint>(ENTITY_IDS_MAX)
  let journal: { cell: Cell; before: Version | null }[] = []
  let changed: Cell[] = []

  // There is a table for every name of a model.
  const tableOf = (model: ModelName): Table => tables.get(model) as Table

  const addCell = (model: ModelName, entityId: bigint, keys: readonly bigint[]): Cell => {
    const { byEntity, byKeys } = tableOf(model)
    const cell: Cell = { model, entityId, keys, version: null, isChanged: false }
    byKeys.set(placeOf(keys), cell)
    byEntity.set(entityId, cell)
    return cell
  }

  const removeCell = ({ entityId, keys, model }: Cell): void => {
    const { byEntity, byKeys } = tableOf(model)
    byKeys.delete(placeOf(keys))
    byEntity.delete(entityId)
  }

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
    const known = tableOf(model).byKeys.get(place)
    const cell =
      known ??
      addCell(
        model,
        entityIds(place, () => poseidonOfSpan(keyFelts)),
        keyFelts,
      )
    journal.push({ cell, before: cell.version })
    cell.version = { row, values }
    return { entityId: cell.entityId, keys: cell.keys, values }
  }

  const rollBack = (mark: number): void => {
    while (journal.length > mark) {
      // Not empty, or its length were not above the mark.
      const { cell, before } = journal.pop() as (typeof journal)[number]
      cell.version = before
      if (before === null) removeCell(cell)
    }
  }

  const commit = (): void => {
    for (const { cell } of journal) {
      if (cell.isChanged) continue
      cell.isChanged = true
      changed.push(cell)
    }
    journal = []
  }

  const takeChanged = (): readonly StoredRow[] => {
    const taken = changed
    changed = []
    return taken.map((cell) => {
      cell.isChanged = false
      const { model, entityId, keys } = cell
      if (cell.version === null) throw new FatalError(`A changed row of ${model} was never written`)
      return {
        model,
        modelSelector: tableOf(model).selector,
        entityId,
        keys,
        values: cell.version.values,
      }
    })
  }

  const load = (rows: Iterable<StoredRow>): void => {
    for (const { model, keys, entityId, values } of rows) {
      if (!isModelName(model))
        throw new FatalError(`A stored row is of "${model}", which is no model of the world`)
      decodeRowKeys(model, keys)
      const cell = tableOf(model).byEntity.get(entityId) ?? addCell(model, entityId, keys)
      cell.version = { row: decodeRowValues(model, values), values }
    }
  }

  return {
    read,
    write,
    valuesOf: (model, entityId) => tableOf(model).byEntity.get(entityId)?.version?.values ?? null,
    mark: () => journal.length,
    rollBack,
    commit,
    takeChanged,
    load,
  }
}

const isModelName = (name: string): name is ModelName =>
  Object.hasOwn(infiniteHexAdventurers.models, name)
