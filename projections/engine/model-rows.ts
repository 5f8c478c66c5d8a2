/**
 * Handlers of model writes, the same for every model of every table: a whole row, one member, an
 * erased row. The chain's rows are the truth (game.md §0.4), so these handlers copy and never
 * compute.
 */
import { assert } from '../../domain/errors.ts'
import type { RecordedEvent } from '../../domain/event-log/event-log.ts'
import type { Felt } from '../../domain/felt.ts'
import type { ModelMemberWritten, ModelWritten } from '../../domain/world-stream/facts.ts'
import type { MemberValue } from '../../domain/worlds/definition.ts'
import type { Handler } from './handler.ts'
import type { ModelPart, ModelTable } from './model-table.ts'
import type { ReadModel } from './projection.ts'
import { columnAt, type RowValues } from './table.ts'
import type { UnitOfWork } from './unit-of-work.ts'

const emptyRow = (table: ModelTable): MemberValue[] => table.columns.map(() => null)

/** A model's columns from here on hold these values. */
const setPart = (row: MemberValue[], part: ModelPart, values: RowValues): void => {
  for (const [at, value] of values.entries()) row[part.start + at] = value
}

const written = (
  table: ModelTable,
  part: ModelPart,
  before: RowValues | null,
  { keys, values }: ModelWritten,
): MemberValue[] => {
  const row = before === null ? emptyRow(table) : [...before]
  if (keys !== null)
    for (const [at, key] of table.keys.entries()) row[at] = memberOf(keys, key, part)
  for (let at = 0; at < part.members.length; at += 1)
    row[part.start + at] = memberOf(values, part.members[at] ?? '', part)
  return row
}

const memberOf = (
  fields: Readonly<Record<string, MemberValue>>,
  member: string,
  part: ModelPart,
): MemberValue => {
  const value = fields[member]
  assert(value !== undefined, `a write of ${part.model} lacks the member ${member}`)
  return value
}

/** A member of a row that was never written leaves the others as they read on chain: zero. */
const memberWritten = (
  table: ModelTable,
  part: ModelPart,
  before: RowValues | null,
  { member, value }: ModelMemberWritten,
): MemberValue[] => {
  const row = before === null ? emptyRow(table) : [...before]
  if (row[part.presence] === null) setPart(row, part, part.zeros)
  const at = part.members.indexOf(member)
  assert(at >= 0, `${part.model} has no member ${member}`)
  row[part.start + at] = value
  return row
}

/** Null when no model has a row under these keys any more. */
const erased = (
  table: ModelTable,
  part: ModelPart,
  before: RowValues | null,
): MemberValue[] | null => {
  if (before === null) return null
  const row = [...before]
  for (let at = 0; at < part.members.length; at += 1) row[part.start + at] = null
  return table.parts.some(({ presence }) => row[presence] !== null) ? row : null
}

const derive = (table: ModelTable, row: MemberValue[], unit: UnitOfWork): void => {
  for (const { column, from } of table.derived) {
    if (row[column] !== null) continue
    row[column] = from((name) => row[columnAt(table, name)] ?? null, unit.lastWritten)
  }
}

/** The entity that a fact about a model's row names. */
export const entityOf = (fact: RecordedEvent): Felt =>
  (fact.data as Readonly<{ entityId: Felt }>).entityId // every model write names it

/** A whole-row write. */
export const modelWritten = (fact: RecordedEvent): ModelWritten =>
  fact.data as unknown as ModelWritten // the shape of `<Model>Written`, which ingest decodes

const modelMemberWritten = (fact: RecordedEvent): ModelMemberWritten =>
  fact.data as unknown as ModelMemberWritten // the shape of `<Model>MemberWritten`, likewise

type Change = (before: RowValues | null, fact: RecordedEvent) => MemberValue[] | null

const handler = (table: ModelTable, change: Change): Handler => ({
  touches: (fact) => [{ table, entityId: entityOf(fact) }],
  apply: (fact, unit) => {
    const entityId = entityOf(fact)
    const row = change(unit.read(table, entityId), fact)
    if (row !== null) derive(table, row, unit)
    unit.write(table, entityId, row)
  },
})

/** Handlers of all writes to the models of one table, by type of fact. */
const handlersOf = (table: ModelTable): ReadModel['handlers'] =>
  table.parts.flatMap((part) => [
    [
      `${part.model}Written`,
      handler(table, (before, fact) => written(table, part, before, modelWritten(fact))),
    ],
    [
      `${part.model}MemberWritten`,
      handler(table, (before, fact) =>
        memberWritten(table, part, before, modelMemberWritten(fact)),
      ),
    ],
    [`${part.model}Erased`, handler(table, (before) => erased(table, part, before))],
  ])

/** A read model that copies the chain's rows into these tables. */
export const copiedModels = (...tables: readonly ModelTable[]): ReadModel => ({
  tables,
  handlers: tables.flatMap(handlersOf),
})
