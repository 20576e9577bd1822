"use client";

import { type ReactNode, useEffect, useRef } from "react";

type ModalProps = { titleId: string; onClose: () => void; children: ReactNode; dismissable?: boolean };

/** The browser's own dialog, open as long as it is in the page: focus stays in it, and Escape closes it unless told otherwise. */
export function Modal({ titleId, onClose, children, dismissable = true }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      closedby={dismissable ? "closerequest" : "none"}
      aria-labelledby={titleId}
      onCancel={(event) => dismissable || event.preventDefault()}
      onClose={onClose}
    >
      {children}
    </dialog>
  );
}
