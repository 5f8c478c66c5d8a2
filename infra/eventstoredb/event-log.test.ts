import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeEventLog } from '../../domain/event-log.contract.ts'
import { startEventStoreDouble } from './double.testing.ts'
import { createEventStoreLog } from './event-log.ts'

let double: Awaited<ReturnType<typeof startEventStoreDouble>>
beforeAll(async () => {
  double = await startEventStoreDouble()
})
afterAll(() => double.close())
describeEventLog('EventStoreDB', async () =>
  createEventStoreLog(double.connectionString, { onTrouble: (e, d) => console.log(e.message, d) }),
)
