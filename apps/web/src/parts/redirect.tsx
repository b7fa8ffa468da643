/**
 * A redirect, once.
 *
 * The router's own component goes again with every render, and going renders.
 *
 * @module
 */
import { useRouter, type NavigateOptions, type RegisteredRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

export function Redirect<To extends string>(options: NavigateOptions<RegisteredRouter, string, To>) {
  const router = useRouter()
  const isGone = useRef(false)
  useEffect(() => {
    if (isGone.current) return
    isGone.current = true
    void router.navigate({ ...options, replace: true } as Parameters<typeof router.navigate>[0])
  })
  return null
}
