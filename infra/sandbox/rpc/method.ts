/**
 * What a JSON-RPC method is: the parameters that it takes, in the order of the specification, and
 * what it does.
 */
import { z } from 'zod'
import type { RpcContext } from './context.ts'
import { type RpcAnswer, refusal } from './errors.ts'

/** Answers a request's `params`, which may be by name, by position or absent. */
export type RpcMethod = (context: RpcContext, params: unknown) => RpcAnswer
export type RpcMethods = Readonly<Record<string, RpcMethod>>

/**
 * Parameters by name, however they were sent; null when they are neither an array nor an object.
 */
const byName = (names: readonly string[], params: unknown): Record<string, unknown> | null => {
  if (params === undefined || params === null) return {}
  if (Array.isArray(params)) {
    return params.length > names.length
      ? null
      : Object.fromEntries(params.map((value, at) => [names[at], value]))
  }
  // An object that is not an array.
  return typeof params === 'object' ? (params as Record<string, unknown>) : null
}

const faultOf = (error: z.ZodError): Readonly<{ field: string; reason: string }> => {
  const [issue] = error.issues
  const field =
    issue?.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : (issue?.path.join('.') ?? '')
  return { field, reason: issue?.message ?? 'invalid' }
}

/**
 * Makes a method of its parameters' schemas and its body. A refusal names the field of a wrong
 * parameter. Unknown parameters are refused too, so that a misspelt option is noticed; Katana
 * ignores them.
 */
export const rpcMethod = <Shape extends z.ZodRawShape>(
  shape: Shape,
  run: (context: RpcContext, params: z.output<z.ZodObject<Shape>>) => RpcAnswer,
): RpcMethod => {
  const names = Object.keys(shape)
  const schema = z.object(shape)
  const strictSchema = schema.strict()
  return (context, params) => {
    const named = byName(names, params)
    if (named === null) {
      return refusal('INVALID_PARAMS', {
        field: '',
        reason: `expected at most ${names.length} parameters: ${names}`,
      })
    }
    const parsed = (context.quirks === 'katana' ? schema : strictSchema).safeParse(named)
    return parsed.success
      ? // Strictness changes what is refused, not what comes out.
        run(context, parsed.data as z.output<z.ZodObject<Shape>>)
      : refusal('INVALID_PARAMS', faultOf(parsed.error))
  }
}
