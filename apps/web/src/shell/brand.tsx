/**
 * @module
 */

export function Brand() {
  return (
    <>
      <svg width={26} height={26} viewBox="0 0 32 32" aria-hidden>
        <rect width="32" height="32" rx="7" fill="#0f6674" />
        <path d="M8 26V15a8 8 0 0 1 16 0v11" fill="none" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
        <path
          d="M11 20h10m-4-4 4 4-4 4"
          fill="none"
          stroke="#9fe3ee"
          strokeWidth="2.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      Sallygate
    </>
  )
}
