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
import type { ModelPart, RowValues, WorldTable } from './table.ts'
import type { UnitOfWork } from './unit-of-work.ts'

const emptyRow = (table: WorldTable): MemberValue[] => table.columns.map(() => null)

/** A model's columns from here on hold these values. */
const setPart = (row: MemberValue[], part: ModelPart, values: RowValues): void => {
  // Within bounds.
  for (let at = 0; at < values.length; at += 1) row[part.start + at] = values[at] as MemberValue
}

const written = (
  table: WorldTable,
  part: ModelPart,
  before: RowValues | null,
  fact: ModelWritten,
): MemberValue[] => {
  const row = before === null ? emptyRow(table) : [...before]
  for (let at = 0; fact.keys !== null && at < table.keys.length; at += 1) {
    row[at] = memberOf(fact.keys, table.keys[at] as string, part) // within bounds
  }
  for (let at = 0; at < part.members.length; at += 1) {
    row[part.start + at] = memberOf(fact.values, part.members[at] as string, part) // within bounds
  }
  return row
}

const memberOf = (
  fields: Readonly<Record<string, MemberValue>>,
  member: string,
  part: ModelPart,
): MemberValue => {
  const value = fields[member]
  assert(value !== undefined, `a write of ${part.model} has the member ${member}`)
  return value
}

/** A member of a row that was never written leaves the others as they read on chain: zero. */
const memberWritten = (
  table: WorldTable,
  part: ModelPart,
  before: RowValues | null,
  { member, value }: ModelMemberWritten,
): MemberValue[] => {
  const row = before === null ? emptyRow(table) : [...before]
  if (row[part.presence] === null) setPart(row, part, part.zeros)
  const at = part.members.indexOf(member)
  assert(at >= 0, `${part.model} has a member ${member}`)
  row[part.start + at] = value
  return row
}

/** Null when no model has a row under these keys any more. */
const erased = (
  table: WorldTable,
  part: ModelPart,
  before: RowValues | null,
): MemberValue[] | null => {
  if (before === null) return null
  const row = [...before]
  setPart(
    row,
    part,
    part.members.map(() => null),
  )
  return table.parts.some(({ presence }) => row[presence] !== null) ? row : null
}

const derive = (table: WorldTable, row: MemberValue[], unit: UnitOfWork): void => {
  for (const { column, from } of table.derived) {
    if (row[column] !== null) continue
    const own = (name: string): MemberValue => {
      const at = table.columnIndex.get(name)
      assert(at !== undefined, `${table.name} has a column ${name}`)
      return row[at] as MemberValue // the index is of the same table
    }
    row[column] = from(own, unit.lastWritten)
  }
}

/** Every fact about a model row names the entity. */
const entityIdOf = (fact: RecordedEvent): Felt =>
  (fact.data as Readonly<{ entityId: Felt }>).entityId

type Change = (before: RowValues | null, fact: RecordedEvent) => MemberValue[] | null

const handler = (table: WorldTable, change: Change): Handler => ({
  touches: (fact) => ({ table, entityId: entityIdOf(fact) }),
  apply: (fact, unit) => {
    const entityId = entityIdOf(fact)
    const row = change(unit.read(table, entityId), fact)
    if (row !== null) derive(table, row, unit)
    unit.write(table, entityId, row)
  },
})

/**
 * Handlers of all writes to the models of one table, by event type. The payloads are those that
 * ingest appends.
 */
export const modelHandlers = (table: WorldTable): (readonly [string, Handler])[] =>
  table.parts.flatMap((part) => [
    [
      `${part.model}Written`,
      handler(table, (before, fact) =>
        written(table, part, before, fact.data as unknown as ModelWritten),
      ),
    ] as const,
    [
      `${part.model}MemberWritten`,
      handler(table, (before, fact) =>
        memberWritten(table, part, before, fact.data as unknown as ModelMemberWritten),
      ),
    ] as const,
    [`${part.model}Erased`, handler(table, (before) => erased(table, part, before))] as const,
  ])
