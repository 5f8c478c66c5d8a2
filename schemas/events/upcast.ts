/**
 * How events that older programs stored become what today's code reads. A type's schema version
 * counts its shapes from 1 and stands in `meta.schemaVersion` of every stored event. An upcaster
 * turns one version into the next; it is pure, takes one event and gives one event, because
 * positions count events. Nothing stored ever changes: upcasting happens when a log is read, in one
 * place (upcasting-log.ts).
 */
import type { JsonObject, NewEvent } from '../../domain/event-log/event-log.ts'

/** What an upcaster may change. The version in `meta` is counted up for it. */
export type StoredFact = Readonly<{ data: JsonObject; meta: JsonObject }>

/**
 * From one version of a type to the next. Constant for ever: stored events of that version will
 * always pass it.
 */
export type Upcaster = (stored: StoredFact) => StoredFact

/**
 * By event type: at index i the upcaster from version i + 1. A type that is not named has only its
 * first version.
 */
export type Upcasters = ReadonlyMap<string, readonly Upcaster[]>

/**
 * Every change of a stored shape so far: none yet. To change one, append its upcaster here, which
 * raises the version that new events are stored with, and add a golden example of the new version
 * (golden/README.md).
 */
export const UPCASTERS: Upcasters = new Map<string, readonly Upcaster[]>()

/** The version that new events of a type are stored with. */
export const schemaVersionOf = (type: string, upcasters: Upcasters = UPCASTERS): number =>
  1 + (upcasters.get(type)?.length ?? 0)

/** The version that an event was stored with; null when it names none. */
export const storedVersionOf = ({
  meta: { schemaVersion },
}: Pick<NewEvent, 'meta'>): number | null =>
  typeof schemaVersion === 'number' && Number.isSafeInteger(schemaVersion) && schemaVersion >= 1
    ? schemaVersion
    : null

/** Whether a newer program stored this: a shape that this one must carry and never interpret. */
export const isBeyondThisProgram = (event: Pick<NewEvent, 'type' | 'meta'>): boolean =>
  (storedVersionOf(event) ?? 0) > schemaVersionOf(event.type)

/**
 * The event in the newest shape of its type. The very same object where there is nothing to do: an
 * unknown type, the newest version, one that is newer than this program, or none at all.
 */
export const upcast = <E extends NewEvent>(event: E, upcasters: Upcasters = UPCASTERS): E => {
  const steps = upcasters.get(event.type)
  if (steps === undefined) return event
  const stored = storedVersionOf(event)
  if (stored === null || stored > steps.length) return event
  let { data, meta }: StoredFact = event
  for (let version = stored; version <= steps.length; version += 1) {
    const next = steps[version - 1]?.({ data, meta })
    if (next === undefined) break
    data = next.data
    meta = { ...next.meta, schemaVersion: version + 1 }
  }
  return { ...event, data, meta }
}
