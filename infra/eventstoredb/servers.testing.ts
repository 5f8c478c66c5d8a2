/**
 * The servers that suites run on: the double as both observed versions, and a real EventStoreDB
 * where CHRONOHEX_TEST_EVENTSTOREDB_URL names one. What a suite does with `double` is for faults
 * alone.
 */
import { afterAll, beforeAll, describe } from 'vitest'
import { type EventStoreDouble, startEventStoreDouble } from './double.testing.ts'
import type { DoubleVersion } from './double-faults.testing.ts'

export type TestServer = Readonly<{ connectionString: () => string }>

const realUrl = process.env.CHRONOHEX_TEST_EVENTSTOREDB_URL

/** Runs the suite on the double, and on a real server where there is one. */
export const describeOnEachServer = (
  name: string,
  suite: (server: TestServer) => void,
  versions: readonly DoubleVersion[] = ['24.2.0'],
): void => {
  for (const version of versions) {
    describeOnDouble(`${name} on the double of ${version}`, version, (double) =>
      suite({ connectionString: () => double().connectionString }),
    )
  }
  describe.skipIf(realUrl === undefined)(
    `${name} on a real server (CHRONOHEX_TEST_EVENTSTOREDB_URL)`,
    () => suite({ connectionString: () => realUrl ?? '' }),
  )
}

/** Runs a suite that needs faults. */
export const describeOnDouble = (
  name: string,
  version: DoubleVersion,
  suite: (double: () => EventStoreDouble) => void,
): void => {
  describe(name, () => {
    let double: EventStoreDouble
    beforeAll(async () => {
      double = await startEventStoreDouble(version)
    })
    afterAll(() => double.close())
    suite(() => double)
  })
}
