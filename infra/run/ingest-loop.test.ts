import { afterEach, expect, it } from 'vitest'
import { createOutages } from '../../domain/waiting/outage.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { AnotherIngester, ReorgDetected } from '../../ingest/errors.ts'
import { chainOfSeven, TYPES_OF_SEVEN, typesOf, worldOf } from '../../ingest/ingester.testing.ts'
import { createIngester } from '../../ingest/ingester.ts'
import { createSourceWatch } from '../../ingest/source-watch.ts'
import { TEST_WORLD } from '../../ingest/test-chain.testing.ts'
import { createWorldDecoder } from '../../schemas/worlds/decode.ts'
import { createMemoryEventLog } from '../memory/event-log.testing.ts'
import { type FakeNode, nodeBlockOf, startFakeNode } from '../starknet/fake-node.testing.ts'
import { createJsonRpcClient } from '../starknet/json-rpc-client.ts'
import { createRpcSource } from '../starknet/rpc-source.ts'
import { ingestTold, runIngest } from './ingest-loop.ts'

let node: FakeNode | null = null
afterEach(() => node?.close())

/** What the process prints, and what becomes of its ingest, with a node that serves these blocks. */
const running = async (spoil: (json: string) => string) => {
  const chain = chainOfSeven()
  const blocks = chain.blocks.map((block) => JSON.parse(spoil(JSON.stringify(nodeBlockOf(block)))))
  node = await startFakeNode({ chainId: chain.chainId, blocks })
  const source = createRpcSource({
    client: createJsonRpcClient({ url: node.url }),
    worldAddress: TEST_WORLD,
  })
  const log = createMemoryEventLog()
  const lines: string[] = []
  const say = (line: string): void => void lines.push(line)
  const watch = createSourceWatch({ source, reached: () => null })
  const ingester = createIngester({
    source,
    log,
    world: worldOf(chain),
    decode: createWorldDecoder(infiniteHexAdventurers),
    onHead: () => {},
    retryDelayMs: 1,
    retryDelayMsMax: 1,
    ...ingestTold(createOutages(say).of('Ingest'), watch),
  })
  await runIngest(ingester, watch, say, new AbortController().signal)
  return { chain, log, lines, watch }
}

it('stops at a block with a felt that is none, says so once, and skips nothing', async () => {
  const spoil = (json: string): string =>
    json.includes('"block_number":4')
      ? json.replace(/"data":\["0x[0-9a-f]+"/, '"data":["0xnope"')
      : json
  const { chain, log, lines, watch } = await running(spoil)
  const problem = 'Block 4: the node gave "0xnope" as a felt of an event'
  expect(lines).toEqual([
    `Ingest: ${problem}; trying again`,
    expect.stringMatching(/^Ingest: works again/),
    `INGEST HAS STOPPED: ${problem}. It was read 12 times; a block is never skipped`,
    expect.stringContaining('still served'),
  ])
  expect(watch.state().stall?.reason).toContain(`Ingest has stopped: ${problem}`)
  expect(await typesOf(chain, log)).toEqual(TYPES_OF_SEVEN.slice(0, 5))
})

const ended = (error: Error) => {
  const stopped: unknown[] = []
  const run = runIngest(
    { run: () => Promise.reject(error) },
    { ingestStopped: (reason) => stopped.push(reason) },
    () => {},
    new AbortController().signal,
  )
  return { run, stopped }
}

it('lets the rest go on when the chain is not the one that it was', async () => {
  const error = new ReorgDetected('Block 4 was 0x1')
  const { run, stopped } = ended(error)
  await run
  expect(stopped).toEqual([error])
})

it.each([new AnotherIngester('another process is writing it'), new TypeError('a bug')])(
  'ends with %s',
  async (error) => {
    const { run, stopped } = ended(error)
    await expect(run).rejects.toBe(error)
    expect(stopped).toEqual([])
  },
)
