/**
 * Registers models and events while the world runs, and upgrades them: the answer of a new class's
 * contract to `schema()` becomes the record's table, or the columns that its table lacks. Existing
 * rows keep NULL in those.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { Felt } from '../../../domain/felt.ts'
import type { EntityWriter, EventPlace } from './entity-writer.ts'
import type { Row } from './index-reader.ts'
import { modelSchemaOf } from './model-schema.ts'
import { recordOf, type ToriiRecord, type ToriiWorld } from './records.ts'
import { columnDeclaration, recordTable } from './tables.ts'
import type { Registration } from './world-event.ts'

/** Answers to `schema()` by the contract's address; null where no contract answered. */
export type Schemas = ReadonlyMap<Felt, readonly Felt[] | null>

/**
 * The row of the table `models`; `nothing` when an upgrade changed no member; or why the
 * registration is malformed.
 */
export type Registered = Readonly<{ row: Row }> | 'nothing' | Readonly<{ malformed: string }>

export type Registrar = (registration: Registration, schemas: Schemas, at: EventPlace) => Registered

/** The record under the new schema; null when the schema cannot be read or is another model's. */
const recordUnder = (
  world: ToriiWorld,
  { contractAddress, name, namespace, recordKind, selector }: Registration,
  schemas: Schemas,
): ToriiRecord | null => {
  const felts = schemas.get(contractAddress) ?? null
  const schema = felts === null ? null : modelSchemaOf(felts)
  if (schema === null || schema.name !== name) return null
  const part = { namespace, worldAddress: world.address, enums: schema.enums }
  const { keys, values } = schema
  const record = recordOf(part, { kind: recordKind, name, selector, keys, values })
  const before = world.find(selector)
  return before === undefined ? record : { ...record, valuesMin: before.valuesMin }
}

/** Registers through one connection, inside its transaction. */
export const createRegistrar = (
  database: DatabaseSync,
  world: ToriiWorld,
  entities: EntityWriter,
): Registrar => {
  const columnsOf = database.prepare('SELECT lower(name) AS name FROM pragma_table_info(?)')
  const rowOf = database.prepare('SELECT * FROM models WHERE id = ?')
  const extendTable = (record: ToriiRecord): void => {
    const columns = new Set(columnsOf.all(record.tag).map(({ name }) => name))
    const missing = record.members.filter(({ name }) => !columns.has(name.toLowerCase()))
    const statements = missing.map(
      (member) => `ALTER TABLE [${record.tag}] ADD COLUMN ${columnDeclaration(member)}`,
    )
    database.exec(columns.size === 0 ? recordTable(record) : statements.join(';'))
  }
  return (registration, schemas, at) => {
    const { classHash, contractAddress, isUpgrade } = registration
    const record = recordUnder(world, registration, schemas)
    if (record === null)
      return { malformed: `${contractAddress} tells no schema of ${registration.name}` }
    const before = rowOf.get(record.modelId)
    if (isUpgrade && before?.schema === record.schema) return 'nothing'
    extendTable(record)
    entities.register(record, classHash, contractAddress, at)
    world.put(record)
    return { row: rowOf.get(record.modelId) ?? {} }
  }
}
