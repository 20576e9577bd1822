export function Brand() {
  return (
    <span className="brand">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="9" className="brand-tile" />
        <path
          d="M9 20.5c0 2 2.6 3 6.5 3s7-1.2 7-4c0-6-13-2-13-7.5 0-2.5 2.9-3.5 6.5-3.5s6.5 1 6.5 3"
          className="brand-line"
        />
      </svg>
      SoloFlow
    </span>
  );
}
