/** What wraps GraphQL, in the order in which it acts (api/api.ts): small parts of one concern each. */
import { execute } from '@graphql-tools/executor'
import { type ExecutionArgs, type ExecutionResult, parse } from 'graphql'
import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import { boundedMessage } from '../../domain/shown.ts'
import type { Admission } from '../access/admission.ts'
import type { Turnstile } from '../access/turnstile.ts'
import { codedError, type ReportError, refusalResponse } from '../errors.ts'
import type { ApiMetrics } from '../http/metrics.ts'
import { readJsonBody } from '../http/request-body.ts'
import { DASHBOARD_PATH, GRAPHQL_PATH, type Router } from '../http/routes.ts'
import { createSharedSubscribe } from '../subscriptions/shared-execution.ts'
import type { ApiContext } from './context.ts'
import { createWarnings, withWarnings } from './fitting.ts'
import { writtenInPieces } from './json-text.ts'
import { DOCUMENT_TOKENS_MAX, documentRefusal, limitsRule } from './limits.ts'

const TIMED_PATHS: ReadonlySet<string> = new Set([
  GRAPHQL_PATH,
  '/health',
  '/ready',
  '/metrics',
  '/schema.graphql',
  '/',
])

/** Measures how long a response takes. */
export const timing = ({ requestSeconds }: Pick<ApiMetrics, 'requestSeconds'>): Plugin => {
  const started = new WeakMap<Request, number>()
  return {
    onRequest: ({ request }) => {
      started.set(request, performance.now())
    },
    onResponse: ({ request, response }) => {
      const path = new URL(request.url).pathname
      const route = TIMED_PATHS.has(path) ? path : 'other'
      const elapsedMs = performance.now() - (started.get(request) ?? performance.now())
      requestSeconds.observe({ route, status: String(response.status) }, elapsedMs / 1_000)
    },
  }
}

/** Refuses foreign Hosts and Origins, and lets pages of admitted Origins read the answers. */
export const admittance = (admission: Admission): Plugin => ({
  onRequest: ({ request, url, endResponse }) => {
    const { headers } = request
    const refusal = admission.refusal({
      host: headers.get('host') ?? url.host,
      origin: headers.get('origin'),
      site: headers.get('sec-fetch-site'),
      isVisit: isVisit(request, url.pathname),
    })
    if (refusal !== null)
      return endResponse(refusalResponse(refusal.status, refusal.code, refusal.message))
    if (request.method === 'OPTIONS') endResponse(new Response(null, { status: 204 }))
  },
  onResponse: ({ request, response }) => {
    const origin = request.headers.get('origin')
    if (origin === null || !admission.mayRead(origin)) return
    response.headers.set('access-control-allow-origin', origin)
    response.headers.set('access-control-allow-methods', 'GET, POST')
    response.headers.set('access-control-allow-headers', 'authorization, content-type')
    response.headers.set('access-control-max-age', '600')
    response.headers.append('vary', 'Origin')
  },
})

/** A link to the dashboard that a person follows; a frame has another destination. */
const isVisit = ({ method, headers }: Request, path: string): boolean =>
  method === 'GET' &&
  path === DASHBOARD_PATH &&
  headers.get('sec-fetch-mode') === 'navigate' &&
  headers.get('sec-fetch-dest') === 'document'

/**
 * Serves what is not GraphQL. What fails there is reported, and answered without saying what it
 * was.
 */
export const routing = (router: Router, report: ReportError): Plugin => ({
  onRequest: async ({ request, url, endResponse }) => {
    try {
      const response = await router(request, url.pathname)
      if (response !== null) endResponse(response)
    } catch (error) {
      report(`${url.pathname} could not be served`, error)
      endResponse(
        refusalResponse(500, 'INTERNAL_SERVER_ERROR', 'Something went wrong on the server'),
      )
    }
  },
})

/** Reads requests, and refuses those that are no GraphQL requests, saying why. */
export const wellFormedness = (): Plugin => ({
  onRequestParse: ({ request, url, setRequestParser }) => {
    if (request.method === 'POST') setRequestParser(readJsonBody)
    if (request.method === 'POST' && !isJson(request)) {
      throw codedError(
        'BAD_REQUEST',
        'Send the operation as a JSON object with content-type application/json',
        415,
      )
    }
    for (const name of request.method === 'GET' ? ['variables', 'extensions'] : []) {
      const text = url.searchParams.get(name)
      if (text !== null && text !== '' && !isJsonText(text))
        throw codedError('BAD_REQUEST', `${name} is not JSON`, 400)
    }
  },
})

const isJson = (request: Request): boolean =>
  /^application\/(json|graphql\+json)\s*(;|$)/i.test(request.headers.get('content-type') ?? '')

const isJsonText = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** Asks proxies to hand each message of a stream on as it comes. */
export const unbufferedStreams = (): Plugin => ({
  onResponse: ({ response }) => {
    if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) return
    response.headers.set('x-accel-buffering', 'no')
    response.headers.set('cache-control', 'no-cache, no-transform')
  },
})

/**
 * Bounds the size and shape of documents, and what is said of them: the library's messages repeat
 * what they are about. Over HTTP and WebSocket alike.
 */
export const documentLimits = (): Plugin => ({
  onParse: ({ params, setParseFn }) => {
    const refusal = documentRefusal(params.source.toString())
    if (refusal !== null) throw refusal
    setParseFn((source, options) => parse(source, { ...options, maxTokens: DOCUMENT_TOKENS_MAX }))
    return ({ result }) => {
      if (result instanceof Error) result.message = boundedMessage(result.message)
    }
  },
  onValidate: ({ addValidationRule }) => {
    addValidationRule(limitsRule)
    return ({ result }) => {
      for (const error of result) error.message = boundedMessage(error.message)
    }
  },
})

/** An operation that takes longer is ended. */
const OPERATION_MS_MAX = 15_000

/**
 * Works on few operations at once, those of the operator first, and on none for too long. An answer
 * is written within its turn: what it is made of may be ten times as large as its text.
 */
export const takingTurns = (turnstile: Turnstile): Plugin => ({
  onExecute: ({ executeFn, setExecuteFn }) => {
    setExecuteFn((args: ExecutionArgs) => {
      const { signal, isOperator, end } = contextOf(args.contextValue)
      const work = async (): Promise<unknown> => {
        const tooLong = setTimeout(() => end(tookTooLong()), OPERATION_MS_MAX)
        try {
          return await writtenInPieces(await executeFn(args))
        } finally {
          clearTimeout(tooLong)
        }
      }
      return turnstile.pass(work, { signal, isFirst: isOperator })
    })
  },
})

const tookTooLong = (): Error =>
  codedError(
    'UNAVAILABLE',
    `The operation was ended after ${OPERATION_MS_MAX / 1_000} s: ask for less at once`,
  )

/** Tells in each answer which of its values did not fit. */
export const tellingWarnings = (): Plugin => ({
  onExecute: () => ({
    onExecuteDone: ({ args, result, setResult }) => {
      if (isAsyncIterable(result)) return
      setResult(withWarnings(result, contextOf(args.contextValue).warnings))
    },
  }),
})

/** Executes and encodes equal work of subscribers once. */
export const sharedSubscriptions = ({ deliveries }: Pick<ApiMetrics, 'deliveries'>): Plugin => {
  const subscribe = createSharedSubscribe({
    onDelivery: ({ contextValue }) => {
      deliveries.inc({ transport: contextOf(contextValue).transport })
    },
    executeChange: async (args) => {
      const warnings = createWarnings()
      const result = await execute({
        ...args,
        contextValue: { ...contextOf(args.contextValue), warnings },
      })
      // One result: the schema has neither @defer nor @stream.
      return withWarnings(result as ExecutionResult, warnings)
    },
  })
  return {
    onSubscribe: ({ setSubscribeFn }) => {
      setSubscribeFn(subscribe)
    },
  }
}

const contextOf = (value: unknown): ApiContext => value as ApiContext // built here for every operation
