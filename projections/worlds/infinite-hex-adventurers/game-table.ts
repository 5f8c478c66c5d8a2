/** Tables that copy models of the game, with the types of their rows inferred from the definition. */
import type { Felt } from '../../../domain/felt.ts'
import type { FieldsOf, StoredFieldsOf } from '../../../domain/worlds/definition.ts'
import {
  infiniteHexAdventurers,
  type ModelName,
} from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { type ModelTable, type ModelTableSpec, modelTable } from '../../engine/model-table.ts'

type Game = typeof infiniteHexAdventurers

type Renamed<F, R> = { [K in keyof F as K extends keyof R ? R[K] & string : K]: F[K] | null }
type ColumnsOfModel<M extends ModelName, R> = FieldsOf<Game, Game['models'][M]['keys']> &
  Renamed<StoredFieldsOf<Game, Game['models'][M]['values']>, R>
type All<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void
  ? I
  : never
type ColumnsOfModels<Ms> = All<{ [M in keyof Ms]: ColumnsOfModel<M & ModelName, Ms[M]> }[keyof Ms]>
/** What is derived in this game are felts. */
type DerivedColumns<D> = { [K in keyof D]: Felt | null }

/**
 * A row as it is read: columns by name. Values are null where the model has no row; keys are given
 * as never null, because a row without them comes back from no look-up.
 */
type RowOf<Spec extends ModelTableSpec> = ColumnsOfModels<Spec['models']> &
  DerivedColumns<Spec['derived']>

/** Row of a table. */
export type Row<T> = T extends ModelTable<infer R> ? R : never

/** A table of the game. A spec that does not fit the definition is a bug: throws FatalError. */
export const gameTable = <const Spec extends ModelTableSpec>(
  name: string,
  spec: Spec,
): ModelTable<RowOf<Spec>> => modelTable<RowOf<Spec>>(infiniteHexAdventurers, name, spec)
