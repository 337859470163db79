booking-service = Prestation
booking-staff = Avec
booking-place = Lieu
booking-customer = Pour
booking-price = Prix
booking-deposit = Acompte
booking-on-site = Reste sur place
booking-note = Votre message
booking-code = Code de réservation
booking-reason = Motif
price-free = Gratuit
booking-deposit-paid = Acompte réglé
booking-policy = Annulation
booking-policy-cancel = { $kind ->
    [never] Pour annuler, contactez-nous.
    [late] Annulation gratuite jusqu’au { $until }, puis { $fee } sont dus.
    [until] Annulation en ligne, sans frais, jusqu’au { $until }.
   *[free] Annulation en ligne, sans frais, jusqu’au début.
}
booking-policy-move = À déplacer en ligne jusqu’au { $until }.
booking-policy-move-never = Pour le déplacer, contactez-nous.
booking-policy-no-show = En cas d’absence, { $fee } sont dus.
booking-fee = { $status ->
    [no_show] Frais d’absence
   *[other] Frais d’annulation tardive
}
booking-fee-rest = Reste dû
booking-fee-back = Vous est rendu
booking-between = Période
booking-between-dates = du { $from } au { $to }
booking-times = Heures
booking-agreed = Accepté
