declare module '*.glsl' {
  const source: string
  export = source
}
