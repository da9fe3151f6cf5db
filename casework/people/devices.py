"""A capture comes from a registered workplace computer that gives nobody away (S7, I2)."""

from datetime import datetime, timedelta
from typing import Final

from casework.steps.permissions import Permission
from casework.steps.registering import registering
from models.audit import AuditAction
from models.errors import InputError
from models.people import Actor
from models.search_clauses import DeviceError, DeviceIdentifiableError, GeolocationError
from models.staff import Device, Egress, Owner
from storage.registers import RegisterKind, RegisterStore
from storage.transaction import Transaction
from storage.vault import Vault

ATTESTED_AT_MOST: Final = timedelta(days=366)
"""Somebody looks at a device again within a year."""


def register_device(
    device_id: str,
    *,
    owner: Owner,
    attested_until: datetime,
    egress: Egress,
    geolocation_blocked: bool,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Device:
    """Register a device, or attest to it anew.

    Raises `DeviceError` for a personal device, `DeviceIdentifiableError` for a way out that is
    tied to the agency or a person, `GeolocationError` unless it refuses to say where it is.
    """
    with registering(
        device_id,
        permission=Permission.REGISTER_DEVICE,
        actor=actor,
        vault=vault,
        now=now,
        new=True,
    ) as work:
        if not now < attested_until <= now + ATTESTED_AT_MOST:
            raise InputError("a device is attested for a year at most, from now")
        device = Device(
            id=device_id,
            owner=owner,
            attested_by=actor.id,
            attested_until=attested_until,
            egress=egress,
            geolocation_blocked=geolocation_blocked,
        )
        _require_fit(device, now)
        work.put(RegisterKind.DEVICE, device)
        work.log(AuditAction.DEVICE_REGISTERED)
        return device


def retire_device(device_id: str, *, actor: Actor, vault: Vault, now: datetime) -> Device:
    """Take a device out of use. Raises `DeviceError` if it is not registered."""
    with registering(
        device_id, permission=Permission.REGISTER_DEVICE, actor=actor, vault=vault, now=now
    ) as work:
        device = RegisterStore(work.tx).latest(RegisterKind.DEVICE, device_id, Device)
        if device is None or device.retired:
            raise DeviceError("no such device is in use")
        retired = device.model_copy(update={"retired": True})
        work.put(RegisterKind.DEVICE, retired)
        work.log(AuditAction.DEVICE_RETIRED)
        return retired


def require_device(tx: Transaction, device_id: str | None, *, now: datetime) -> None:
    """Raise unless a capture may come from this device today.

    Raises `DeviceError`, `DeviceIdentifiableError`, `GeolocationError`.
    """
    if device_id is None:
        raise DeviceError("name the device that the material was captured on")
    device = RegisterStore(tx).latest(RegisterKind.DEVICE, device_id, Device)
    if device is None or device.retired:
        raise DeviceError("the device is not registered")
    _require_fit(device, now)


def _require_fit(device: Device, now: datetime) -> None:
    if device.owner is not Owner.AGENCY:
        raise DeviceError("a personal device is never used")
    if now >= device.attested_until:
        raise DeviceError("the device's attestation has lapsed")
    if device.egress is not Egress.UNATTRIBUTED:
        raise DeviceIdentifiableError(f"the device's way out is tied to: {device.egress}")
    if not device.geolocation_blocked:
        raise GeolocationError("the device would tell where it is")
