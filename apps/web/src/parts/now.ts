/**
 * The time, as something a screen follows.
 *
 * @module
 */
import { useEffect, useState } from 'react'

export function useNow(everyMs = 5000): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
