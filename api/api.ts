/**
 * The API as one object: GraphQL over HTTP, server-sent events and WebSocket, with what stands
 * beside it. It binds no port (http/server.ts does), so that it also serves callers in the same
 * process, through `fetch`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ExecutionArgs, GraphQLError } from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import {
  createLRUCache,
  createYoga,
  type YogaInitialContext,
  type YogaServerInstance,
} from 'graphql-yoga'
import { Registry } from 'prom-client'
import type { CommandGate } from '../commands/command-gate.ts'
import { FatalError } from '../domain/errors.ts'
import type { SourceState } from '../domain/world-stream/source-state.ts'
import type { ChangeFeed } from '../projections/engine/change-feed.ts'
import type { HistoryReads } from '../projections/reads/history-reads.ts'
import { schemaText } from '../schemas/graphql/sdl.ts'
import { type Admission, createAdmission } from './access/admission.ts'
import { bearerToken, isOperatorToken } from './access/operator-token.ts'
import { createTurnstile, type Turnstile } from './access/turnstile.ts'
import { createErrorMask, type MaskError, type ReportError } from './errors.ts'
import { type ApiContext, createContext, type Services } from './graphql/context.ts'
import {
  admittance,
  documentLimits,
  routing,
  sharedSubscriptions,
  takingTurns,
  tellingWarnings,
  timing,
  unbufferedStreams,
  wellFormedness,
} from './graphql/plugins.ts'
import { buildApiSchema, type WorldApi } from './graphql/schema.ts'
import { createGraphiql } from './http/graphiql.ts'
import { createGraphqlSocket, type Operations } from './http/graphql-socket.ts'
import { type ApiMetrics, createApiMetrics } from './http/metrics.ts'
import { createOutlets, type OutletBounds } from './http/outlets.ts'
import { createReadiness } from './http/readiness.ts'
import { createRouter, GRAPHQL_PATH, type Router } from './http/routes.ts'
import { sendResponse } from './http/send-response.ts'
import type { FileHandler } from './http/static-files.ts'
import { type ChangeStreamsOptions, createChangeStreams } from './subscriptions/change-streams.ts'

export type ApiOptions<Reads extends HistoryReads> = Readonly<{
  reads: ChangeStreamsOptions<Reads>['reads']
  feed: ChangeFeed
  gate: CommandGate
  /** How the source of blocks stands; absent where the process follows none. */
  source?: () => SourceState
  /** The world's own part of the API. */
  world: WorldApi<Reads>
  /** A request that carries it may act. Keep it out of logs. */
  operatorToken: string
  /** Told of what clients must not see. */
  report: ReportError
  /** Host names and addresses beyond loopback under which the server is reached, without ports. */
  hostNames?: () => readonly string[]
  /** Further Origins whose pages may read, as `https://dash.example`. */
  origins?: readonly string[]
  /** What the process still waits for before it is ready, beyond the read models, as sentences. */
  missing?: () => readonly string[]
  /** Serves `/` and the dashboard's files. */
  dashboard?: FileHandler
  /** Where the metrics of the whole process are registered; one of its own when absent. */
  registry?: Registry
  /** What may wait until clients read; for tests. */
  outletBounds?: OutletBounds
}>

export type Api = Readonly<{
  /** Answers a request as the server would, without a socket. */
  fetch: (request: Request) => Promise<Response>
  /** For node:http's `request` event. */
  handleRequest: (request: IncomingMessage, response: ServerResponse) => void
  /** For node:http's `upgrade` event. */
  handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** What is missing before the server is ready. Throws what the read models throw. */
  missing: () => Promise<readonly string[]>
  /** Ends all subscriptions; they are told to come back. */
  close: () => Promise<void>
}>

/** Operations share one thread with ingest: more at once would not make any of them faster. */
const OPERATIONS = { runningMax: 2, waitingMax: 200, waitMsMax: 5_000 }
/** Parsed documents that are kept: clients send the same few again and again. */
const DOCUMENTS_KEPT_MAX = 256

/** The API over the given ports. */
export const createApi = <Reads extends HistoryReads>(options: ApiOptions<Reads>): Api => {
  const { reads, gate, world, report } = options
  const source = options.source ?? null
  const registry = options.registry ?? new Registry()
  const admission = createAdmission(options)
  const mask = createErrorMask(report)
  const turnstile = createTurnstile(OPERATIONS)
  const streams = createChangeStreams<Reads>({ ...options, turnstile })
  const readiness = createReadiness(reads, source, options.missing ?? (() => []))
  const metrics: ApiMetrics = createApiMetrics(registry, {
    reads,
    source,
    report,
    subscribers: streams.subscribers,
    connections: () => socket.connections(),
    waitingBytes: () => outlets.waitingBytes(),
  })
  const outlets = createOutlets({
    onCut: () => metrics.slowClientDisconnects.inc(),
    ...(options.outletBounds === undefined ? {} : { bounds: options.outletBounds }),
  })
  const router = createRouter({
    readiness,
    registry,
    schemaText: schemaText(world.name),
    graphiql: createGraphiql(world.exampleOperations),
    dashboard: options.dashboard ?? null,
    report,
  })
  const services: Services<Reads> = {
    reads,
    gate,
    streams,
    source,
    innerLists: world.innerLists,
  }
  const yoga = createGraphql({ ...options, services, mask, metrics, admission, turnstile, router })
  const socket = createGraphqlSocket({
    operations: operationsOf(yoga, mask),
    admission,
    mask,
    metrics,
    report,
    outletOf: outlets.of,
  })
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const outlet = outlets.of(request.socket) // which is gone from the request when it closes
    try {
      const answered = await yoga.handleNodeRequestAndResponse(request, response)
      await sendResponse(answered, response, outlet)
    } catch (error) {
      report('A response could not be sent', error)
      response.destroy()
    }
  }
  return {
    fetch: async (request) => yoga.fetch(request),
    handleRequest: (request, response) => void answer(request, response),
    handleUpgrade: socket.handleUpgrade,
    missing: readiness,
    close: async () => {
      await socket.close()
      streams.close()
      outlets.close()
    },
  }
}

/** What an operation over WebSocket brings along; over HTTP the request says it. */
type SocketContext = Readonly<{
  connection?: Readonly<{ token: string | null; signal: AbortSignal }>
}>
type Yoga<Reads extends HistoryReads = never> = YogaServerInstance<SocketContext, ApiContext<Reads>>

type GraphqlOptions<Reads extends HistoryReads> = Readonly<{
  services: Services<Reads>
  world: WorldApi<Reads>
  mask: MaskError
  metrics: ApiMetrics
  admission: Admission
  turnstile: Turnstile
  router: Router
  report: ReportError
  operatorToken: string
}>

const createGraphql = <Reads extends HistoryReads>({
  services,
  world,
  mask,
  metrics,
  admission,
  turnstile,
  router,
  report,
  operatorToken,
}: GraphqlOptions<Reads>): Yoga<Reads> =>
  createYoga<SocketContext, ApiContext<Reads>>({
    schema: buildApiSchema(world),
    graphqlEndpoint: GRAPHQL_PATH,
    context: ({ request, connection }: YogaInitialContext & SocketContext) => {
      const token =
        connection === undefined
          ? bearerToken(request.headers.get('authorization'))
          : connection.token
      return createContext(services, {
        isOperator: isOperatorToken(token, operatorToken),
        signal: connection?.signal ?? request.signal,
        transport: connection === undefined ? 'sse' : 'websocket',
      })
    },
    plugins: [
      timing(metrics), // first, so that it sees refusals, too
      admittance(admission), // before anything answers: foreign pages and names get nothing
      routing(router, report), // what is not GraphQL is served here and goes no further
      wellFormedness(), // GraphQL requests must be ones
      unbufferedStreams(), // subscriptions reach their readers through proxies, too
      documentLimits(), // nothing too large or too deep is executed
      takingTurns(turnstile), // few at once, the others wait or come again
      tellingWarnings(), // what a row holds beyond its type costs no answer
      sharedSubscriptions(metrics), // last, around the execution itself
    ],
    maxRequestBodySize: false, // wellFormedness reads bodies within a bound
    maskedErrors: { maskError: mask },
    parserAndValidationCache: {
      documentCache: createLRUCache({ max: DOCUMENTS_KEPT_MAX }),
      errorCache: createLRUCache({ max: DOCUMENTS_KEPT_MAX }),
    },
    // What yoga would add by itself is either done above or not wanted.
    batching: false,
    multipart: false,
    graphiql: false,
    landingPage: false,
    cors: false,
    logging: false,
    // Yoga's own health check answers before any plugin; no URL ends in a line break.
    healthCheckEndpoint: '\n',
  })

/**
 * Yoga's pipeline (limits, masks, shared subscriptions) for operations that come over WebSocket.
 */
const operationsOf = <Reads extends HistoryReads>(
  yoga: Yoga<Reads>,
  mask: MaskError,
): Operations => {
  type Pipeline = ReturnType<Yoga<Reads>['getEnveloped']>
  const pipelines = new WeakMap<object, Pipeline>()
  const pipelineOf = (args: ExecutionArgs): Pipeline => {
    const pipeline = pipelines.get(args)
    if (pipeline === undefined)
      throw new FatalError('An operation is to be executed that was not prepared')
    return pipeline
  }
  return {
    prepare: async ({ query, variables, operationName }: SubscribePayload, token, signal) => {
      try {
        const params = {
          query,
          variables: variables ?? {},
          operationName: operationName ?? undefined,
        }
        const pipeline = yoga.getEnveloped({ connection: { token, signal }, params })
        const document = pipeline.parse(query)
        const errors = pipeline.validate(pipeline.schema, document)
        if (errors.length > 0) return errors.map((error: GraphQLError) => mask(error))
        const args: ExecutionArgs = {
          schema: pipeline.schema,
          document,
          contextValue: await pipeline.contextFactory(),
          variableValues: variables,
          operationName,
        }
        pipelines.set(args, pipeline)
        return args
      } catch (error) {
        return [mask(error)]
      }
    },
    execute: async (args) => {
      try {
        return await pipelineOf(args).execute(args)
      } catch (error) {
        return { errors: [mask(error)] } // one operation is refused, and its socket goes on
      }
    },
    subscribe: async (args) => pipelineOf(args).subscribe(args),
  }
}
