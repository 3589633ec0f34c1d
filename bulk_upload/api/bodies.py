"""The bodies of the answers, for the schema. A test compares them with what the views answer."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from bulk_upload.models import Severity, Status
from medisupply.openapi import NumberedMeta

Body = serializers.Serializer[Any]


class Accepted(Body):
    message = serializers.CharField()
    task_id = serializers.UUIDField(help_text="La tarea: consérvela para preguntar por la carga.")
    status = serializers.ChoiceField(choices=Status.choices)
    status_url = serializers.CharField(help_text="Dirección (relativa) del estado de la tarea.")
    filename = serializers.CharField()
    proveedor_id = serializers.CharField()


class Progress(Body):
    total = serializers.IntegerField(help_text="Filas del archivo; 0 mientras no se haya leído.")
    processed = serializers.IntegerField(help_text="Filas ya tratadas, aceptadas o rechazadas.")
    successful = serializers.IntegerField()
    failed = serializers.IntegerField()
    percent = serializers.FloatField(help_text="De 0 a 100.")
    rows_per_second = serializers.FloatField(
        allow_null=True, help_text="En los últimos diez segundos; al final, el promedio."
    )
    eta_seconds = serializers.IntegerField(allow_null=True, help_text="Segundos que faltan, si sigue a ese ritmo.")


class PreparationProgress(Body):
    total = serializers.IntegerField(help_text="Filas por corregir; 0 mientras no se sepa.")
    processed = serializers.IntegerField(help_text="Filas que ya están en el archivo.")


class Preparation(Body):
    status = serializers.ChoiceField(choices=["pending", "processing"])
    message = serializers.CharField(help_text="Para personas, en el idioma pedido.")
    progress = PreparationProgress()


class Detected(Body):
    sheet = serializers.CharField(allow_blank=True, help_text="Hoja que se leyó (xlsx).")
    encoding = serializers.CharField(allow_blank=True, help_text="Codificación (csv).")
    delimiter = serializers.CharField(allow_blank=True, help_text="Separador (csv).", trim_whitespace=False)


class Resumen(Body):
    total = serializers.IntegerField()
    exitosos = serializers.IntegerField(help_text="creados + actualizados + sin cambios")
    rechazados = serializers.IntegerField()
    duplicados = serializers.IntegerField(help_text="Filas cuyo id o código ya existía, sea cual fuere su destino.")
    productos_creados = serializers.IntegerField()
    productos_actualizados = serializers.IntegerField()
    sin_cambios = serializers.IntegerField()
    sin_procesar = serializers.IntegerField(help_text="Filas que no se alcanzaron (carga fallida o cancelada).")
    cambios_grandes_de_precio = serializers.IntegerField(
        help_text="Filas que actualizaron un producto cuyo precio se multiplicó o dividió al menos por 2 (o por el "
        "factor de esta instalación): conviene revisarlas."
    )


class Detail(Body):
    columna = serializers.CharField(allow_blank=True, help_text="Vacía cuando es de toda la fila.")
    codigo = serializers.CharField(help_text="Para programas: no cambia ni se traduce.")
    mensaje = serializers.CharField()
    valor = serializers.CharField(allow_blank=True, help_text="Lo que había en la celda, acortado.")
    celda = serializers.CharField(allow_null=True, help_text="Dirección en la hoja, como «G25».")


class RowProblem(Body):
    fila = serializers.IntegerField(help_text="Fila de la hoja (el encabezado suele ser la 1); 0: todo el archivo.")
    error = serializers.CharField(help_text="Todo lo de la fila en una línea.")
    detalles = Detail(many=True)


class Result(Body):
    mensaje = serializers.CharField()
    resumen = Resumen()
    productos_creados = serializers.ListField(child=serializers.CharField(), help_text="Hasta 1000 ids.")
    productos_actualizados = serializers.ListField(child=serializers.CharField(), help_text="Hasta 1000 ids.")
    errores = RowProblem(many=True, help_text="Hasta 1000 filas.")
    advertencias = RowProblem(many=True, help_text="Hasta 1000 filas.")
    listas_truncadas = serializers.BooleanField(help_text="Hay más de lo que se lista: está en errores_url.")
    errores_url = serializers.CharField(help_text="Dirección de la lista completa de errores y advertencias.")


class StateBase(Body):
    task_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Status.choices)
    filename = serializers.CharField()
    proveedor_id = serializers.CharField()
    s3_key = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    detected = Detected()
    progress = Progress()
    error = serializers.CharField(allow_null=True, help_text="Por qué falló la carga.")
    error_code = serializers.CharField(allow_null=True)


class State(StateBase):
    result = Result(allow_null=True, help_text="Nulo hasta que la carga termina.")


class Listed(StateBase):
    resumen = Resumen()
    status_url = serializers.CharField()


class CursorMeta(Body):
    size = serializers.IntegerField()
    next = serializers.CharField(allow_null=True, help_text="El cursor de la página siguiente; nulo en la última.")
    took_ms = serializers.FloatField()


class UploadPage(Body):
    items = Listed(many=True)
    meta = CursorMeta()


class Problem(Body):
    fila = serializers.IntegerField(allow_null=True)
    celda = serializers.CharField(allow_null=True)
    columna = serializers.CharField(allow_blank=True)
    gravedad = serializers.ChoiceField(choices=Severity.choices)
    codigo = serializers.CharField()
    mensaje = serializers.CharField()
    valor = serializers.CharField(allow_blank=True)


class ProblemPage(Body):
    items = Problem(many=True)
    meta = NumberedMeta()


class Rule(Body):
    es = serializers.CharField()
    en = serializers.CharField()


class Column(Body):
    nombre = serializers.CharField()
    tipo = serializers.ChoiceField(choices=["code", "text", "decimal", "integer", "boolean", "date"])
    obligatoria = serializers.BooleanField()
    regla = Rule()
    ejemplo = serializers.JSONField(help_text="Una celda válida.")
    sinonimos = serializers.ListField(child=serializers.CharField(), help_text="Otros encabezados que se entienden.")
    por_defecto = serializers.JSONField(help_text="Lo que recibe un producto nuevo sin este valor.")
    longitud_maxima = serializers.IntegerField(allow_null=True)
    minimo = serializers.IntegerField(allow_null=True)
    maximo = serializers.IntegerField(allow_null=True)


class ColumnsMeta(Body):
    total = serializers.IntegerField()


class Columns(Body):
    items = Column(many=True)
    meta = ColumnsMeta()
