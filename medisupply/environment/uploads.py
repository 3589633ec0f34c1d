"""The variables of bulk uploads: limits, leases, and what is tried how often."""

from __future__ import annotations

from medisupply.environment.kinds import Choice, Folder, Number, Whole
from medisupply.environment.variable import Section, Variable


class Uploads(Section):
    title = "Cargas masivas"

    BULK_UPLOAD_MAX_BYTES = Variable(
        Whole(1), "209715200", "Tamaño del archivo más grande que se acepta.", unit="bytes"
    )
    BULK_UPLOAD_MAX_ROWS = Variable(
        Whole(1),
        "1048575",
        "Filas de datos de un archivo, a lo sumo: lo que cabe en una hoja de Excel bajo su encabezado.",
        unit="filas",
    )
    BULK_UPLOAD_CHUNK_ROWS = Variable(
        Whole(1),
        "2500",
        "Filas que se confirman en una transacción. Desde 7500, un bloque con solo textos muy largos puede no caber en "
        "un mensaje de su lector.",
        unit="filas",
    )
    BULK_UPLOAD_WRITER = Variable(
        Choice(("copy", "orm")),
        "copy",
        "Cómo se escriben las filas: con el COPY de PostgreSQL, donde la base lo es, o con el ORM, en cualquier base.",
    )
    BULK_UPLOAD_MAX_NEW_CATEGORIES = Variable(
        Whole(),
        "50",
        "Categorías que un archivo puede crear; las demás desconocidas son errores de sus filas.",
        unit="categorías",
    )
    BULK_UPLOAD_LARGE_PRICE_CHANGE = Variable(
        Number(above=1),
        "2",
        "Un precio nuevo que es tantas veces el anterior, o el anterior tantas veces el nuevo, se marca como cambio "
        "grande.",
        unit="veces",
    )
    BULK_UPLOAD_LEASE_SECONDS = Variable(
        Whole(1, 43_200),
        "30",
        "Plazo durante el cual una carga sigue con un trabajador que no da señales; debe alcanzar para un bloque lento "
        "(5 ms por fila).",
        unit="segundos",
    )
    BULK_UPLOAD_MAX_ATTEMPTS = Variable(
        Whole(1),
        "5",
        "Intentos seguidos sin avanzar, por algo imprevisto, tras los cuales una carga falla del todo.",
        unit="intentos",
    )
    BULK_UPLOAD_GIVE_UP_SECONDS = Variable(
        Whole(1),
        "86400",
        "Tiempo durante el cual se intenta una carga a pesar de fallas pasajeras (S3, base de datos, disco).",
        unit="segundos",
    )
    BULK_UPLOAD_SHORT_BYTES = Variable(
        Whole(),
        "1048576",
        "Archivo más grande que un trabajador importa entre dos bloques del largo de otro proveedor.",
        unit="bytes",
    )
    BULK_UPLOAD_WAIT_SECONDS = Variable(
        Whole(0, 20), "20", "Lo que dura una espera en la cola; SQS no admite más de 20.", unit="segundos"
    )
    BULK_UPLOAD_SWEEP_SECONDS = Variable(
        Whole(1),
        "15",
        "Tiempo entre dos búsquedas de cargas que nunca se publicaron o que nadie atiende.",
        unit="segundos",
    )
    BULK_UPLOAD_WAITING_SECONDS = Variable(
        Whole(1),
        "900",
        "Tiempo que una carga puede esperar antes de que `/health/ready` diga `degraded`.",
        unit="segundos",
    )
    BULK_UPLOAD_TEMP_DIR = Variable(
        Folder(),
        "",
        "Carpeta para los archivos que se reciben y se leen.",
        default_in_words="la carpeta temporal del sistema",
    )
